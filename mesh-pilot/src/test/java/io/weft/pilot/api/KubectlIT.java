package io.weft.pilot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real kubectl, 1.27 or newer (it leaves unknown fields to the server), against mesh-pilot's REST. */
class KubectlIT {

    @TempDir
    static Path home;

    static PilotClient pilot;

    @BeforeAll
    static void start() throws IOException {
        boolean there = Arrays.stream(System.getenv("PATH").split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
        assumeTrue(there, "SKIPPED: there is no kubectl on the PATH (1.27 or newer)");
        Files.createDirectories(home.resolve("config"));
        pilot = new PilotClient(home);
    }

    @AfterAll
    static void stop() {
        if (pilot != null) {
            pilot.close();
        }
    }

    private record Said(int status, String text) {}

    private static Said kubectl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "kubectl",
                "--server", "http://127.0.0.1:" + pilot.port(),
                "--cache-dir", home.resolve("cache").toString(),
                "--request-timeout", "60s"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("KUBECONFIG");
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Said(process.exitValue(), text);
    }

    private static Path file(String name, String yaml) throws IOException {
        return Files.writeString(home.resolve(name), yaml);
    }

    @Test
    void applyGetEditAndDelete() throws Exception {
        Path reviews = file("reviews.yaml", ConfigApiIT.service("reviews", "1s"));
        assertThat(kubectl("apply", "-f", reviews.toString()).text())
                .isEqualTo("virtualservice.networking.istio.io/reviews created\n");
        assertThat(kubectl("get", "vs").text()).contains("NAME", "AGE", "reviews");
        assertThat(kubectl("get", "virtualservices", "-A", "-o", "name").text())
                .isEqualTo("virtualservice.networking.istio.io/reviews\n");
        assertThat(kubectl("get", "vs", "reviews", "-o", "jsonpath={.spec.http[0].timeout}").text()).isEqualTo("1s");

        assertThat(kubectl("apply", "-f", reviews.toString()).text())
                .isEqualTo("virtualservice.networking.istio.io/reviews unchanged\n");
        file("reviews.yaml", ConfigApiIT.service("reviews", "2s"));
        assertThat(kubectl("apply", "-f", reviews.toString()).text())
                .isEqualTo("virtualservice.networking.istio.io/reviews configured\n");
        assertThat(kubectl("get", "vs", "reviews", "-o", "jsonpath={.spec.http[0].timeout}").text()).isEqualTo("2s");

        assertThat(kubectl("label", "vs", "reviews", "team=shop").text()).contains("labeled");
        assertThat(kubectl("get", "vs", "-l", "team=shop", "-o", "name").text()).contains("reviews");
        assertThat(kubectl("get", "vs", "-l", "team!=shop", "-o", "name").text()).doesNotContain("reviews");
        assertThat(kubectl("get", "vs", "-l", "team in (a)").text()).contains("labelSelector");
        assertThat(kubectl("patch", "vs", "reviews", "--type=merge", "-p", "{\"spec\": {\"hosts\": [\"other\"]}}").text())
                .contains("patched");
        assertThat(kubectl("get", "vs", "reviews", "-o", "yaml").text()).contains("- other", "team: shop");

        assertThat(kubectl("delete", "vs", "reviews").text())
                .isEqualTo("virtualservice.networking.istio.io \"reviews\" deleted\n");
        Said gone = kubectl("get", "vs", "reviews");
        assertThat(gone.status()).isEqualTo(1);
        assertThat(gone.text()).contains("Error from server (NotFound)");
    }

    @Test
    void serverSideApply_andWhatIsRefused() throws Exception {
        Path service = file("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec: {ports: [{name: http, port: 80}]}\n");
        assertThat(kubectl("apply", "--server-side", "-f", service.toString()).text()).isEqualTo("service/shop serverside-applied\n");
        assertThat(kubectl("get", "svc", "shop", "-o", "name").text()).isEqualTo("service/shop\n");
        Path route = file("route.yaml", "apiVersion: gateway.weft.io/v1alpha1\nkind: SpringRoute\nmetadata: {name: r}\nspec: {uri: 'lb://shop', filter: []}\n");
        Said refused = kubectl("apply", "-f", route.toString());
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.text()).contains("spec.filter", "did you mean `filters`?");
        Files.writeString(route, Files.readString(route).replace("filter:", "filters:"));
        assertThat(kubectl("apply", "-f", route.toString()).text()).isEqualTo("springroute.gateway.weft.io/r created\n");
        assertThat(kubectl("delete", "-f", route.toString(), "-f", service.toString()).text()).contains("\"r\" deleted", "\"shop\" deleted");
    }

    @Test
    void whatThereIs() throws Exception {
        assertThat(kubectl("api-resources", "-o", "name").text())
                .contains("services", "virtualservices.networking.istio.io", "springroutes.gateway.weft.io");
        assertThat(kubectl("version").text()).contains("v1.32.0+weft");
    }
}
