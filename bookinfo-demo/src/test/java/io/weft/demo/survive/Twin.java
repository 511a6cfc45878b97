package io.weft.demo.survive;

import io.weft.demo.e2e.Http;
import io.weft.pilot.FreePort;
import java.nio.file.Path;
import java.util.List;

/** A second instance of details: an app and its sidecar, started with the arguments that the launcher gives to its own. At the same ports when it comes back. */
final class Twin implements AutoCloseable {

    private static final String NAME = "details-twin";
    private static final String CLUSTER = "outbound|9080||details.default.svc.cluster.local";

    private final SurvivingMesh mesh;
    private final int app = FreePort.next();
    private final int inbound = FreePort.next();
    private final int admin = FreePort.next();
    private OwnProcess appProcess;
    private OwnProcess sidecarProcess;

    private Twin(SurvivingMesh mesh) {
        this.mesh = mesh;
        appProcess = startApp();
        sidecarProcess = startSidecar();
    }

    /** Returns when callers know of it. */
    static Twin start(SurvivingMesh mesh) {
        Twin twin = new Twin(mesh);
        twin.awaitInRotation();
        return twin;
    }

    private OwnProcess startApp() {
        return OwnProcess.start(
                NAME,
                "io.weft.demo.details.DetailsApplication",
                List.of("--server.address=127.0.0.1", "--server.port=" + app, "--weft.app.instance=" + NAME));
    }

    private OwnProcess startSidecar() {
        Path home = mesh.mesh().home();
        return OwnProcess.start(
                NAME + "-sidecar",
                "io.weft.sidecar.bootstrap.SidecarApplication",
                List.of(
                        "--weft.home=" + home,
                        "--weft.part=" + NAME,
                        "--weft.service-account=bookinfo-details",
                        "--weft.workload-group=details-v1",
                        "--weft.app.ports=9080:" + app,
                        "--weft.inbound-ports=9080:" + inbound,
                        "--weft.admin-port=" + admin,
                        "--weft.ca.address=127.0.0.1:" + mesh.port("weft.ca.grpc-port"),
                        "--weft.xds.address=127.0.0.1:" + mesh.port("weft.pilot.xds.tls-port"),
                        "--weft.token-file=" + home.resolve("run/details-v1/token")));
    }

    /** The same again, after it has ended. */
    void startAgain() {
        appProcess = startApp();
        sidecarProcess = startSidecar();
    }

    /** As a pod is asked to stop: both at the same time. */
    void terminate() {
        appProcess.terminate();
        sidecarProcess.terminate();
    }

    void terminateSidecar() {
        sidecarProcess.terminate();
    }

    void awaitEnd() throws InterruptedException {
        sidecarProcess.awaitEnd();
        appProcess.awaitEnd();
    }

    void awaitSidecarsEnd() throws InterruptedException {
        sidecarProcess.awaitEnd();
        sidecarProcess = startSidecar();
    }

    /** As a pod is killed whose node goes: who reaches it reaches its sidecar, so that is first. */
    void kill() throws InterruptedException {
        sidecarProcess.kill();
        appProcess.kill();
    }

    /** What a caller thinks of it: {@code healthy}, what is against it, or nothing when it does not know of it. */
    String flags() {
        return fact(mesh, inbound, "health_flags");
    }

    /** How many requests a caller has sent to it since it knows of it. */
    long requests() {
        String total = fact(mesh, inbound, "rq_total");
        return total.isEmpty() ? 0 : Long.parseLong(total);
    }

    void awaitInRotation() {
        mesh.patiently().until(() -> flags().equals("healthy"));
    }

    /** How many instances of details a caller chooses from. */
    static long instances(SurvivingMesh mesh) {
        return clusters(mesh).lines().filter(line -> line.startsWith(CLUSTER + "::") && line.endsWith("::health_flags::healthy")).count();
    }

    private static String fact(SurvivingMesh mesh, int port, String fact) {
        String prefix = CLUSTER + "::127.0.0.1:" + port + "::" + fact + "::";
        return clusters(mesh).lines().filter(line -> line.startsWith(prefix)).map(line -> line.substring(prefix.length())).findFirst().orElse("");
    }

    private static String clusters(SurvivingMesh mesh) {
        return Http.get("http://127.0.0.1:" + mesh.mesh().adminPort("productpage-v1") + "/clusters").body();
    }

    @Override
    public void close() throws InterruptedException {
        terminate();
        awaitEnd();
    }
}
