package io.weft.demo.launcher;

/**
 * Starts the mesh with its demos on this machine: mesh-ca, mesh-pilot, an ingress and an egress gateway, Bookinfo and httpbin, each app
 * with a sidecar of its own. All of it shares this JVM, so that it starts fast and small, and talks over loopback sockets with the real
 * protocols.
 *
 * <p>{@code mvn spring-boot:run} in the root of the checkout; settings are {@code -Dweft.…=…}. Ctrl-C stops it.
 */
public final class LauncherApplication {

    private LauncherApplication() {}

    public static void main(String[] args) {
        CommandLine.intoSystemProperties(args, System.getenv("MAVEN_CMD_LINE_ARGS"));
        // Before any class with a logger is loaded: contexts that start side by side would fight over Logback's configuration.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty("logback.configurationFile", "weft-launcher-logback.xml");
        System.exit(Launcher.run());
    }
}
