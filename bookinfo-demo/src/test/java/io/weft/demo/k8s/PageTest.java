package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/kubernetes.md says what runs where, under which label and at which port. */
@ExtendWith(NeedsKubectl.class)
class PageTest {

    private static List<String> lines(String heading) throws IOException {
        String page = Files.readString(Manifests.ROOT.resolve("docs").resolve("kubernetes.md"));
        String section = page.split("\n## " + heading + "\n", 2)[1];
        return section.split("\n## ", 2)[0].lines().filter(line -> line.startsWith("|")).toList();
    }

    @Test
    void everyJobOfTheReferenceMeshHasALine_withTheLabelItIsListedBy() throws IOException {
        String table = String.join("\n", lines("What runs where"));
        assertThat(table).contains("`istio=pilot`", "`istio=galley`", "`istio=citadel`", "`istio=mixer`", "`istio=ingressgateway`", "`istio=egressgateway`", "`istio=sidecar-injector`");
        Set<String> labels = new TreeSet<>();
        Manifests.installed("Deployment").stream()
                .map(each -> each.pod().path("metadata").path("labels").path("istio").asString())
                .filter(label -> !label.isEmpty())
                .forEach(labels::add);
        assertThat(labels).hasSize(5).allSatisfy(label -> assertThat(table).contains("`-l istio=" + label + "`"));
    }

    @Test
    void everyPortOfAServiceHasALine() throws IOException {
        List<String> table = lines("Ports");
        for (Manifest service : Manifests.installed("Service")) {
            if (service.namespace().equals("istio-system")) {
                assertThat(table).anyMatch(line -> line.contains("`" + service.name() + "`"));
                service.spec().path("ports").forEach(port ->
                        assertThat(table).as(service + " " + port).anyMatch(line -> line.matches(".*\\b" + port.path("port").asString() + "\\b.*")));
            }
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        String page = Files.readString(Manifests.ROOT.resolve("docs").resolve("kubernetes.md"));
        Stream.of(page.split("]\\(")).skip(1).map(rest -> rest.split("[)#]", 2)[0]).filter(target -> !target.startsWith("http")).forEach(target ->
                assertThat(Manifests.ROOT.resolve("docs").resolve(target)).exists());
    }
}
