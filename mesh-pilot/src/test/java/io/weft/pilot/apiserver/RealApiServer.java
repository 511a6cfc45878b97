package io.weft.pilot.apiserver;

import static org.awaitility.Awaitility.await;

import io.weft.pilot.FreePort;
import io.weft.pilot.TestPki;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kubernetes' own {@code apiextensions-apiserver} with its etcd: definitions and custom resources as in a cluster, with schemas, CEL, versions, watches and
 * conflicts. It has no kinds of the core. The server may be stopped and started again, at the same address with the same data.
 */
public final class RealApiServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();
    private static final char[] PASSWORD = "test".toCharArray();

    private final Path folder;
    private final int port;
    private final int etcdPort;
    private final HttpClient client;
    private final Process etcd;

    /** By kind, of what has been defined. */
    private final Map<String, String> plurals = new ConcurrentHashMap<>();
    /** Where objects of the kinds defined here are. */
    private final List<String> kinds = new ArrayList<>();

    private @Nullable Process server;

    private RealApiServer(Path folder) throws IOException, GeneralSecurityException {
        this.folder = Files.createDirectories(folder);
        this.port = FreePort.next();
        this.etcdPort = FreePort.next();
        TestPki pki = TestPki.create("cluster.local");
        TestPki.Leaf admin = pki.leaf("O=system:masters, CN=admin");
        TestPki.Leaf own = pki.leaf("CN=api-server", new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        Files.writeString(folder.resolve("ca.crt"), pki.rootPem());
        Files.writeString(folder.resolve("server.crt"), TestPki.certificatePem(own));
        Files.writeString(folder.resolve("server.key"), TestPki.keyPem(own));
        Files.writeString(folder.resolve("admin.crt"), TestPki.certificatePem(admin));
        Files.writeString(folder.resolve("admin.key"), TestPki.keyPem(admin));
        Files.writeString(
                kubeconfig(),
                """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "%1$s", certificate-authority: "%2$s/ca.crt"}}]
                users: [{name: admin, user: {client-certificate: "%2$s/admin.crt", client-key: "%2$s/admin.key"}}]
                contexts: [{name: test, context: {cluster: test, user: admin, namespace: default}}]
                """
                        .formatted(url(), folder));
        this.client = HttpClient.newBuilder().sslContext(tls(pki, admin)).build();
        String peers = "http://127.0.0.1:" + FreePort.next();
        this.etcd = run(
                "etcd",
                List.of(
                        "--data-dir", folder.resolve("etcd").toString(),
                        "--listen-client-urls", etcdUrl(),
                        "--advertise-client-urls", etcdUrl(),
                        "--listen-peer-urls", peers,
                        "--initial-advertise-peer-urls", peers,
                        "--initial-cluster", "default=" + peers));
    }

    /** Why there can be none on this machine; empty if there can. */
    public static String missing() {
        return Stream.of("etcd", "apiextensions-apiserver")
                .filter(name -> program(name).isEmpty())
                .map(name -> "there is no " + name + " on the PATH or in ~/go/bin")
                .findFirst()
                .orElse("");
    }

    /** Starts one that keeps everything in this folder, and waits until it answers. */
    public static RealApiServer start(Path folder) {
        try {
            RealApiServer server = new RealApiServer(folder.toAbsolutePath());
            try {
                server.start();
                return server;
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("an API server in " + folder, e);
        }
    }

    /** Starts the server again after {@link #stop}. */
    public void start() {
        server = run(
                "apiextensions-apiserver",
                List.of(
                        "--etcd-servers=" + etcdUrl(),
                        "--bind-address=127.0.0.1",
                        "--secure-port=" + port,
                        "--tls-cert-file=" + folder.resolve("server.crt"),
                        "--tls-private-key-file=" + folder.resolve("server.key"),
                        "--client-ca-file=" + folder.resolve("ca.crt"),
                        "--authentication-skip-lookup",
                        "--kubeconfig=" + kubeconfig(),
                        "--authentication-kubeconfig=" + kubeconfig(),
                        "--authorization-kubeconfig=" + kubeconfig(),
                        // Watches ask etcd itself, so that what is compacted is gone at once.
                        "--watch-cache=false",
                        "--enable-priority-and-fairness=false",
                        "--disable-admission-plugins=NamespaceLifecycle,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,"
                                + "ValidatingAdmissionPolicy,MutatingAdmissionPolicy"));
        await("the API server; see " + folder)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> get("/apis/apiextensions.k8s.io/v1").statusCode() == 200);
        // What was defined before is served a moment later.
        kinds.forEach(this::awaitServed);
    }

    private void awaitServed(String path) {
        await(path).atMost(PATIENCE).until(() -> get(path).statusCode() == 200);
    }

    /** Kills the server; its data stay in etcd. */
    public void stop() {
        if (server != null) {
            end(server);
        }
    }

    @Override
    public void close() {
        stop();
        end(etcd);
    }

    public String url() {
        return "https://127.0.0.1:" + port;
    }

    /** Of somebody who may do everything. */
    public Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    public HttpResponse<String> get(String path) {
        return send(path, "GET", null, "application/json");
    }

    /** With what a client wants to see. */
    public HttpResponse<String> get(String path, String accept) {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).header("Accept", accept).build());
    }

    public HttpResponse<String> delete(String path) {
        return send(path, "DELETE", null, "application/json");
    }

    public HttpResponse<String> send(String path, String method, @Nullable String body, String type) {
        return send(HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", type)
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    /**
     * Applies what a YAML text holds as {@code kubectl apply --server-side} does, unknown fields refused.
     *
     * @return what the server said to the first object that it refused; empty if it took all
     */
    public String apply(String yaml) {
        return documents(yaml).stream().map(this::apply).filter(said -> !said.isEmpty()).findFirst().orElse("");
    }

    public String apply(JsonNode object) {
        HttpResponse<String> answer = send(
                path(object) + "?fieldManager=test&force=true&fieldValidation=Strict", "PATCH", object.toString(), "application/apply-patch+yaml");
        return answer.statusCode() < 300 ? "" : JSON.readTree(answer.body()).path("message").asString();
    }

    /** Where an object is. */
    public String path(JsonNode object) {
        String name = object.path("metadata").path("name").asString();
        String kind = object.path("kind").asString();
        if (kind.equals("CustomResourceDefinition")) {
            return "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name;
        }
        String plural = plurals.get(kind);
        if (plural == null) {
            throw new IllegalArgumentException(kind + " (expected: one of " + plurals.keySet() + ")");
        }
        String namespace = object.path("metadata").path("namespace").asString("default");
        return "/apis/" + object.path("apiVersion").asString() + "/namespaces/" + namespace + "/" + plural + "/" + name;
    }

    /** Applies every definition of {@code k8s/crds} and waits until each kind is served in all its versions. */
    public void applyDefinitions() {
        try (Stream<Path> files = Files.list(Path.of("..", "k8s", "crds"))) {
            for (Path file : files.filter(each -> !each.endsWith("kustomization.yaml")).sorted().toList()) {
                for (JsonNode definition : documents(Files.readString(file))) {
                    String said = apply(definition);
                    if (!said.isEmpty()) {
                        throw new AssertionError(file + ": " + said);
                    }
                    JsonNode spec = definition.path("spec");
                    String plural = spec.path("names").path("plural").asString();
                    plurals.put(spec.path("names").path("kind").asString(), plural);
                    spec.path("versions").forEach(version -> {
                        String kind = "/apis/" + spec.path("group").asString() + "/" + version.path("name").asString() + "/" + plural;
                        awaitServed(kind);
                        kinds.add(kind);
                    });
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes everything but the present unknown: a watch from an older resourceVersion is answered 410. */
    public void compact() {
        String range = etcd("/v3/kv/range", "{\"key\": \"AA==\"}");
        String revision = JSON.readTree(range).path("header").path("revision").asString();
        etcd("/v3/kv/compaction", "{\"revision\": \"" + revision + "\", \"physical\": true}");
    }

    private String etcd(String path, String body) {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder(URI.create(etcdUrl() + path)).POST(HttpRequest.BodyPublishers.ofString(body)).build());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** The documents of a YAML text. */
    public static List<JsonNode> documents(String yaml) {
        try {
            List<JsonNode> objects = new ArrayList<>();
            for (Documents.Span document : Documents.split(yaml)) {
                Object value = YamlReader.read(document.text(yaml));
                if (value != null) {
                    objects.add(JSON.valueToTree(value));
                }
            }
            return objects;
        } catch (UnreadableException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request.uri().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process run(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(program(program).orElseThrow().toString());
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(program + ".log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Path> program(String name) {
        Stream<String> path = Stream.of(System.getenv("PATH").split(":"));
        return Stream.concat(path, Stream.of(System.getProperty("user.home") + "/go/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private String etcdUrl() {
        return "http://127.0.0.1:" + etcdPort;
    }

    private static SSLContext tls(TestPki pki, TestPki.Leaf admin) throws IOException, GeneralSecurityException {
        KeyStore trusted = store();
        trusted.setCertificateEntry("root", pki.root());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore keys = store();
        keys.setKeyEntry("admin", admin.keys().getPrivate(), PASSWORD, new Certificate[] {admin.certificate()});
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load((InputStream) null, PASSWORD);
        return store;
    }
}
