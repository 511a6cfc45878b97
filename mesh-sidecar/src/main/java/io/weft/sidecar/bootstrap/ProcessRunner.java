package io.weft.sidecar.bootstrap;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link SidecarApplication#main} does. A class of its own, so that a sidecar inside another JVM loads none of it. */
final class ProcessRunner {
    private static final Logger log = LoggerFactory.getLogger("io.weft.sidecar");

    /** The exit code. */
    int run(List<String> args) {
        try {
            CommandLine line = CommandLine.parse(args, System.getenv());
            if (line.validate()) {
                return validate(line);
            }
            return serve(args);
        } catch (StartException e) {
            log.error("{}", e.getMessage());
            return 1;
        }
    }

    private static int validate(CommandLine line) {
        if (line.bootstrap() == null) {
            throw new StartException("--mode validate needs -c FILE");
        }
        BootstrapFile.read(line.bootstrap()).notices().forEach(notice -> log.warn("{}: {}", line.bootstrap(), notice));
        log.info("configuration '{}' OK", line.bootstrap());
        return 0;
    }

    private static int serve(List<String> args) {
        long start = System.nanoTime();
        SidecarApplication sidecar = SidecarApplication.start(args.toArray(String[]::new));
        Runtime.getRuntime().addShutdownHook(new Thread(sidecar::close, "weft-stop"));
        log.info("started in {} ms{}", (System.nanoTime() - start) / 1_000_000,
                sidecar.ready() ? "" : ", waiting for " + sidecar.waitingFor());
        try {
            sidecar.awaitStop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sidecar.close();
        }
        return 0;
    }
}
