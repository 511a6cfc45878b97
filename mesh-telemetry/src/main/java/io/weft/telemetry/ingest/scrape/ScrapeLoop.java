package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.settings.TelemetryProperties;
import io.weft.telemetry.store.MetricStore;
import io.weft.telemetry.store.Page;
import io.weft.telemetry.store.Targets;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks mesh-pilot for the targets, asks every target for its page, adds up what grew; again every few seconds. All on one thread but the
 * fetching.
 */
public final class ScrapeLoop implements SmartLifecycle, Supplier<Targets> {

    private static final Logger log = LoggerFactory.getLogger(ScrapeLoop.class);
    private static final String TEXT = "text/plain;version=0.0.4;q=1,*/*;q=0.1";
    private static final String JSON = "application/json";
    private static final int AT_A_TIME = 8;
    /** A process older than that did not just begin: what it counted before we came is no news, and would be a false peak in the graph. */
    private static final double YOUNG_SECONDS = 120;

    private final TelemetryProperties.Scrape settings;
    private final @Nullable URI discovery;
    private final List<ScrapeTarget> configured;
    private final PageFetcher fetcher;
    private final MetricStore metrics;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final TargetPages pages;
    private final Map<ScrapeTarget, Instant> lastAnswers = new HashMap<>();

    private List<ScrapeTarget> discovered = List.of();
    private @Nullable String discoveryProblem;
    private volatile Targets shown = Targets.NONE;
    private volatile String waitsFor = "the first round of scraping";
    private volatile boolean running;

    ScrapeLoop(
            TelemetryProperties.Scrape settings,
            String pilot,
            PageFetcher fetcher,
            MetricStore metrics,
            ScheduledExecutorService timer,
            Clock clock) {
        this.settings = settings;
        this.discovery = pilot.isEmpty() ? null : PilotTargets.url(pilot);
        this.configured = settings.targets().stream()
                .map(url -> ScrapeTarget.of(url, null, null))
                .toList();
        this.fetcher = fetcher;
        this.metrics = metrics;
        this.timer = timer;
        this.clock = clock;
        // A living target has one page; as many again may be remembered of those that went.
        this.pages = new TargetPages(2 * settings.maxTargets(), 4 * settings.maxSeries());
    }

    private record Answer(ScrapeTarget target, byte @Nullable [] body, @Nullable String problem) {}

    /** What it waits for before anything can be shown; null once scraping has begun. */
    @Nullable String waitsFor() {
        return waitsFor.isEmpty() ? null : waitsFor;
    }

    @Override
    public Targets get() {
        return shown;
    }

    @Override
    public void start() {
        running = true;
        metrics.roundDone(clock.instant());
        timer.scheduleAtFixedRate(this::guardedRound, 0, settings.interval().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        timer.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void guardedRound() {
        try {
            round();
        } catch (RuntimeException e) {
            if (running) {
                // An exception that leaves here would be the last round ever.
                log.warn("a round of scraping failed", e);
            }
        }
    }

    private void round() {
        discover();
        Set<ScrapeTarget> targets = new LinkedHashSet<>(configured);
        targets.addAll(discovered);
        lastAnswers.keySet().retainAll(targets);
        List<Targets.Target> rows = new ArrayList<>();
        for (Answer answer : Flux.fromIterable(targets).flatMap(this::fetch, AT_A_TIME).toIterable(1)) {
            rows.add(take(answer, targets));
        }
        metrics.roundDone(clock.instant());
        shown = new Targets(discoveryProblem, rows);
        if (discoveryProblem == null || !rows.isEmpty()) {
            waitsFor = "";
        } else if (!waitsFor.isEmpty()) {
            waitsFor = "the targets: " + discoveryProblem;
        }
    }

    /** While mesh-pilot is away its last list stands. */
    private void discover() {
        if (discovery == null) {
            return;
        }
        String problem;
        try {
            byte[] body = fetcher.get(discovery, JSON).block();
            if (body == null) {
                problem = "no answer";
            } else {
                PilotTargets.Listed listed = PilotTargets.parse(body, settings.maxTargets());
                discovered = listed.targets();
                problem = listed.problem();
            }
        } catch (UnreadablePageException e) {
            problem = e.getMessage();
        } catch (RuntimeException e) {
            if (!running) {
                return;
            }
            problem = fetcher.reason(e);
        }
        String told = problem == null ? null : discovery + ": " + problem;
        if (told != null && !told.equals(discoveryProblem)) {
            log.warn("targets: {}", told);
        }
        discoveryProblem = told;
    }

    private Mono<Answer> fetch(ScrapeTarget target) {
        return fetcher.get(target.url(), TEXT)
                .map(body -> new Answer(target, body, null))
                .onErrorResume(e -> Mono.just(new Answer(target, null, fetcher.reason(e))))
                .defaultIfEmpty(new Answer(target, null, "an empty answer"));
    }

    private Targets.Target take(Answer answer, Set<ScrapeTarget> targets) {
        ScrapeTarget target = answer.target();
        String problem = answer.problem();
        Page last = pages.last(target);
        int series = last == null ? 0 : last.size();
        byte[] body = answer.body();
        if (body != null) {
            try {
                Page page = PageParser.parse(body, settings.maxSeries());
                pages.put(target, page, targets);
                Page growth = page.since(last == null ? Page.EMPTY : last);
                metrics.add(growth, last != null || isYoung(page));
                series = page.size();
                lastAnswers.put(target, clock.instant());
            } catch (UnreadablePageException e) {
                problem = e.getMessage();
            }
        }
        return new Targets.Target(
                target.url().toString(),
                target.workload(),
                target.namespace(),
                problem == null,
                problem,
                series,
                lastAnswers.get(target));
    }

    private boolean isYoung(Page page) {
        Double start = page.startSeconds();
        return start == null || clock.millis() / 1e3 - start < YOUNG_SECONDS;
    }
}
