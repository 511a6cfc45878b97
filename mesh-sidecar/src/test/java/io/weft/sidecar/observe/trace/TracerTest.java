package io.weft.sidecar.observe.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.resource.FractionalPercent;
import io.weft.sidecar.resource.TracingResource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracerTest {
    private static final DefaultEventLoop EVENT_LOOP = new DefaultEventLoop();
    private static final LoopState LOOP = LoopState.of(EVENT_LOOP);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String W3C = "00-" + TRACE + "-" + SPAN + "-01";

    private final Tracer always = tracer(FractionalPercent.ALWAYS, FractionalPercent.ALWAYS);
    private final Tracer never = tracer(FractionalPercent.NEVER, FractionalPercent.ALWAYS);

    @AfterAll
    static void stop() {
        EVENT_LOOP.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static Tracer tracer(FractionalPercent random, FractionalPercent overall) {
        return new Tracer(new TracingResource(
                new TracingResource.Exporter(TracingResource.Format.OTLP_GRPC, "c", "c", "", "", Duration.ofSeconds(1)),
                FractionalPercent.ALWAYS, random, overall, 256, List.of()));
    }

    private static Http1RequestHead head(String... fields) {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        for (int i = 0; i < fields.length; i += 2) {
            request.headers().add(fields[i], fields[i + 1]);
        }
        return new Http1RequestHead(request, "x", "http");
    }

    private static String hex(long value) {
        return String.format("%016x", value);
    }

    @Test
    void aRequestWithoutContextGetsOne_andTheFirstProxyDecides() {
        Http1RequestHead sampled = head();
        Span span = always.begin(sampled, LOOP);
        assertThat(span).isNotNull();
        assertThat(span.parentId()).isZero();
        assertThat(sampled.get("traceparent")).hasToString("00-" + hex(span.traceHigh()) + hex(span.traceLow()) + "-" + hex(span.id()) + "-01");
        assertThat(sampled.contains("b3")).isFalse();
        assertThat(sampled.contains("x-b3-traceid")).isFalse();

        Http1RequestHead other = head();
        assertThat(never.begin(other, LOOP)).isNull();
        assertThat(other.get("traceparent").toString()).startsWith("00-").endsWith("-00").hasSize(55);
    }

    @Test
    void everyoneLaterObeys() {
        Http1RequestHead yes = head("traceparent", W3C, "tracestate", "vendor=1");
        Span span = never.begin(yes, LOOP);
        assertThat(span).isNotNull();
        assertThat(hex(span.traceHigh()) + hex(span.traceLow())).isEqualTo(TRACE);
        assertThat(hex(span.parentId())).isEqualTo(SPAN);
        assertThat(span.state()).isEqualTo("vendor=1");
        assertThat(yes.get("traceparent")).hasToString("00-" + TRACE + "-" + hex(span.id()) + "-01");
        assertThat(yes.get("tracestate")).hasToString("vendor=1");

        String no = "00-" + TRACE + "-" + SPAN + "-00";
        Http1RequestHead unsampled = head("traceparent", no);
        assertThat(always.begin(unsampled, LOOP)).isNull();
        assertThat(unsampled.get("traceparent")).hasToString(no);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "00", "ff-" + TRACE + "-" + SPAN + "-01", "00-" + TRACE + "-" + SPAN + "-01-more", "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01", "00_" + TRACE + "_" + SPAN + "_01",
        "01-" + TRACE + "-" + SPAN + "-01x"
    })
    void malformedContextIsIgnored_andGoesNoFurther(String malformed) {
        Http1RequestHead head = head("traceparent", malformed, "tracestate", "vendor=1");
        Span span = always.begin(head, LOOP);
        assertThat(span).isNotNull();
        assertThat(span.parentId()).isZero();
        assertThat(head.get("traceparent").toString()).doesNotContain(TRACE);
        assertThat(head.contains("tracestate")).isFalse();
    }

    @Test
    void aStateWithoutItsParentGoesNoFurther() {
        Http1RequestHead head = head("tracestate", "vendor=1");
        assertThat(tracer(FractionalPercent.ALWAYS, FractionalPercent.ALWAYS).begin(head, LOOP)).isNotNull();
        assertThat(head.contains("traceparent")).isTrue();
        assertThat(head.contains("tracestate")).isFalse();
    }

    @Test
    void twoParentsAreNone() {
        Http1RequestHead head = head("traceparent", W3C, "traceparent", W3C);
        assertThat(always.begin(head, LOOP).parentId()).isZero();
        assertThat(head.getAll("traceparent")).hasSize(1);
    }

    @Test
    void aLaterVersionIsReadAsFarAsItIsKnown() {
        Span span = never.begin(head("traceparent", "01-" + TRACE + "-" + SPAN + "-01-what-comes"), LOOP);
        assertThat(hex(span.parentId())).isEqualTo(SPAN);
    }

    @Test
    void b3InOneHeaderGoesOnInOne_besideW3c() {
        Http1RequestHead head = head("b3", TRACE + "-" + SPAN + "-1-0000000000000001");
        Span span = never.begin(head, LOOP);
        assertThat(hex(span.traceLow())).isEqualTo(TRACE.substring(16));
        assertThat(head.get("b3")).hasToString(TRACE + "-" + hex(span.id()) + "-1-" + SPAN);
        assertThat(head.get("traceparent")).hasToString("00-" + TRACE + "-" + hex(span.id()) + "-01");
        assertThat(head.contains("x-b3-traceid")).isFalse();
    }

    @Test
    void b3InSeveralHeadersGoesOnInSeveral() {
        Http1RequestHead head = head("X-B3-TraceId", "a3ce929d0e0e4736", "X-B3-SpanId", SPAN, "X-B3-Flags", "1");
        Span span = never.begin(head, LOOP);
        assertThat(span.traceHigh()).isZero();
        assertThat(head.get("x-b3-traceid")).hasToString("0000000000000000a3ce929d0e0e4736");
        assertThat(head.get("x-b3-spanid")).hasToString(hex(span.id()));
        assertThat(head.get("x-b3-parentspanid")).hasToString(SPAN);
        assertThat(head.get("x-b3-sampled")).hasToString("1");
        assertThat(head.contains("b3")).isFalse();
    }

    @Test
    void w3cWinsOverB3_andBothGoOn() {
        Http1RequestHead head = head("traceparent", W3C, "b3", "00000000000000000000000000000009-0000000000000008-0");
        Span span = never.begin(head, LOOP);
        assertThat(hex(span.parentId())).isEqualTo(SPAN);
        assertThat(head.get("b3")).hasToString(TRACE + "-" + hex(span.id()) + "-1-" + SPAN);
    }

    @Test
    void b3MayLeaveTheDecisionOpen_orDecideWithoutATrace() {
        assertThat(always.begin(head("b3", TRACE + "-" + SPAN), LOOP)).isNotNull();
        assertThat(never.begin(head("b3", TRACE + "-" + SPAN), LOOP)).isNull();
        assertThat(always.begin(head("b3", "0"), LOOP)).isNull();
        assertThat(always.begin(head("x-b3-sampled", "0"), LOOP)).isNull();
        assertThat(never.begin(head("b3", "d"), LOOP)).isNotNull();
        Http1RequestHead nonsense = head("b3", "<script>-1-2");
        assertThat(never.begin(nonsense, LOOP)).isNull();
        assertThat(nonsense.contains("b3")).isFalse();
    }

    @Test
    void whoAsksForATraceGetsOne_upToTheCap() {
        assertThat(never.begin(head("x-client-trace-id", "me"), LOOP)).isNotNull();
        assertThat(never.begin(head("x-envoy-force-trace", "1"), LOOP)).isNotNull();
        assertThat(tracer(FractionalPercent.ALWAYS, FractionalPercent.NEVER).begin(head("x-client-trace-id", "me"), LOOP)).isNull();
    }

    @Test
    void sharesAreDrawn() {
        Tracer some = tracer(new FractionalPercent(100_000, 1_000_000), FractionalPercent.ALWAYS);
        int hits = 0;
        for (int i = 0; i < 10_000; i++) {
            hits += some.begin(head(), LOOP) == null ? 0 : 1;
        }
        assertThat(hits).isBetween(800, 1200);
    }
}
