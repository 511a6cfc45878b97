package io.weft.demo.survive;

import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * 200 requests a second for details and ratings and 10 pages a second, whatever the answers take (up to {@value #MOST_AT_A_TIME} wait at a time: a machine
 * that does more than this sends later, not more at once). Through the ingress gateway and through the sidecar of productpage, over HTTP/1.1 and HTTP/2, on
 * new connections and on kept ones.
 */
final class Load implements AutoCloseable {

    /** So many are counted in every scenario. */
    static final int ENOUGH = 5_000;

    static final String HOST = "survive.example.com";
    private static final int API_PER_SECOND = 200;
    private static final int PAGES_PER_SECOND = 10;
    private static final int MOST_AT_A_TIME = 128;
    /** What is sent later is not sent as often: no scenario counts whose load was less than half of what it is to be, on however busy a machine. */
    private static final int LEAST_PER_SECOND = 100;
    private static final long TICK_MILLIS = 5;
    /** A slow answer is not a failure, none is. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(90);

    /** A way of asking. @param inside whether it is a workload that asks, by the services' own names */
    private record Lane(String name, Client client, boolean inside) {}

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Lane> api = new ArrayList<>();
    private final List<Lane> pages = new ArrayList<>();
    private final Tally tally;

    // Of the loop only.
    private long apiSent;
    private long pagesSent;
    private long origin;
    private long start;
    private int startedOver;
    private long heldBack;
    private volatile int waiting;
    private volatile boolean ending;

    private Load(String scenario, SurvivingMesh mesh, int http, int https) {
        tally = new Tally(scenario);
        int proxy = mesh.proxyPort("productpage-v1");
        SslContext h2 = tls();
        lane("gateway, HTTP/1.1, kept", new Http1Client(loop, http, true, false), false, 6, 3);
        lane("gateway, HTTP/1.1, new", new Http1Client(loop, http, false, false), false, 3, 1);
        lane("gateway, HTTP/2 plaintext, kept", new Http2Client(loop, http, true, null, ""), false, 3, 2);
        lane("gateway, HTTP/2 plaintext, new", new Http2Client(loop, http, false, null, ""), false, 1, 0);
        lane("gateway, HTTP/2 by TLS, kept", new Http2Client(loop, https, true, h2, HOST), false, 3, 1);
        lane("gateway, HTTP/2 by TLS, new", new Http2Client(loop, https, false, h2, HOST), false, 1, 1);
        lane("sidecar, HTTP/1.1, kept", new Http1Client(loop, proxy, true, true), true, 2, 0);
        lane("sidecar, HTTP/1.1, new", new Http1Client(loop, proxy, false, true), true, 1, 0);
    }

    private void lane(String name, Client client, boolean inside, int share, int pageShare) {
        Lane lane = new Lane(name, client, inside);
        lanes.add(lane);
        api.addAll(Collections.nCopies(share, lane));
        pages.addAll(Collections.nCopies(pageShare, lane));
    }

    /** Begins to ask. */
    static Load on(SurvivingMesh mesh, String scenario) {
        return on(mesh, scenario, mesh.port("weft.ingress.http-port"), mesh.port("weft.ingress.https-port"));
    }

    /** Begins to ask, at other ports than the gateway's own. */
    static Load on(SurvivingMesh mesh, String scenario, int http, int https) {
        mesh.awaitServing();
        Load load = new Load(scenario, mesh, http, https);
        Random fixed = new Random(1);
        Collections.shuffle(load.api, fixed);
        Collections.shuffle(load.pages, fixed);
        load.start = System.nanoTime();
        load.origin = load.start;
        load.loop.scheduleWithFixedDelay(load::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return load;
    }

    private static SslContext tls() {
        try {
            return SslContextBuilder.forClient()
                    // The edge's certificate is self-signed, and not what is tested here.
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tick() {
        if (ending) {
            return;
        }
        double seconds = (System.nanoTime() - origin) / 1e9;
        while (pagesSent < seconds * PAGES_PER_SECOND && waiting < MOST_AT_A_TIME) {
            Lane lane = pages.get((int) (pagesSent++ % pages.size()));
            ask(lane, new Ask(HOST, "/productpage", "Comedy of Errors", "unavailable"));
        }
        while (apiSent < seconds * API_PER_SECOND && waiting < MOST_AT_A_TIME) {
            Lane lane = api.get((int) (apiSent % api.size()));
            // Both services on every lane, as their number is even.
            boolean details = (apiSent / api.size() + apiSent) % 2 == 0;
            apiSent++;
            ask(lane, details ? details(lane.inside()) : ratings(lane.inside()));
        }
        if (waiting >= MOST_AT_A_TIME) {
            // Not made up for: the machine is busy, and a burst would only be another test. But said, and too much of it fails the scenario.
            startedOver++;
            heldBack += Math.max(0, Math.round(seconds * (API_PER_SECOND + PAGES_PER_SECOND)) - apiSent - pagesSent);
            origin = System.nanoTime();
            apiSent = 0;
            pagesSent = 0;
        }
    }

    private static Ask details(boolean inside) {
        return new Ask(inside ? "details:9080" : HOST, "/details/0", "William Shakespeare", "");
    }

    private static Ask ratings(boolean inside) {
        return new Ask(inside ? "ratings:9080" : HOST, "/ratings/0", "Reviewer2", "");
    }

    private void ask(Lane lane, Ask ask) {
        waiting++;
        long sent = System.nanoTime();
        CompletableFuture<Answer> answer = lane.client().send(ask);
        Future<?> patience = loop.schedule(
                () -> answer.completeExceptionally(new IllegalStateException("no answer within " + PATIENCE)), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        answer.whenComplete((got, failed) -> {
            waiting--;
            patience.cancel(false);
            if (failed != null) {
                Throwable cause = failed.getCause() == null ? failed : failed.getCause();
                tally.wrong(lane.name(), ask, sent, cause.toString());
                return;
            }
            String wrong = ask.wrong(got.status(), got.body());
            if (wrong.isEmpty()) {
                tally.right(lane.name(), ask, sent);
            } else {
                tally.wrong(lane.name(), ask, sent, wrong + ", " + got.connection() + ": " + beginning(got.body()));
            }
        });
    }

    private static String beginning(String body) {
        String line = body.strip().replace('\n', ' ');
        return line.length() > 300 ? line.substring(0, 300) : line;
    }

    /** Something is done to the mesh now: shown between the failures. */
    void mark(String what) {
        tally.mark(what);
    }

    /** Beside the numbers in the report. */
    void note(String what) {
        tally.note(what);
    }

    int counted() {
        return tally.counted();
    }

    /** Goes on until so many more have been counted: what was done has been felt by then, or nobody feels it. */
    void awaitMore(int requests) {
        int wanted = counted() + requests;
        await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50)).until(() -> counted() >= wanted);
    }

    /** Goes on until there are enough, stops, and fails if one of them failed or if they were too few for the time. */
    void assertNoneFailed() {
        await().atMost(Duration.ofMinutes(4)).pollInterval(Duration.ofMillis(50)).until(() -> counted() >= ENOUGH);
        double seconds = (System.nanoTime() - start) / 1e9;
        close();
        tally.note("started over " + startedOver + " times with " + MOST_AT_A_TIME + " waiting, " + heldBack + " held back");
        Reports.add(tally.summary(seconds));
        tally.assertNoneFailed(ENOUGH);
        tally.assertLoad(seconds, LEAST_PER_SECOND);
    }

    /** Asks no more, and waits for the answers that are to come. */
    @Override
    public void close() {
        if (ending) {
            return;
        }
        ending = true;
        await().atMost(STOP).pollInterval(Duration.ofMillis(20)).until(() -> waiting == 0);
        loop.submit(() -> lanes.forEach(lane -> lane.client().close())).syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
