package io.weft.telemetry.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.weft.telemetry.console.SmallMesh.HOSTILE;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.weft.telemetry.RunningTelemetry;
import io.weft.telemetry.console.Chromium.Visit;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser, against the whole application, which hears of a small mesh by its real ports. */
class ConsoleIT {

    private static final String FAST = "0af7651916cd43dd8448eb211c80319c";
    private static final String FAILED = "1af7651916cd43dd8448eb211c80319d";
    private static final int KEPT = 400;

    private static Chromium chromium;
    private static SmallMesh mesh;
    private static RunningTelemetry telemetry;
    private static Told told;
    private static String address;

    private Visit reader;
    private Page page;

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        chromium = Chromium.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(30_000);
        mesh = new SmallMesh();
        telemetry = new RunningTelemetry(home, "weft.pilot.address=" + mesh.address(), "weft.telemetry.logs.capacity=" + KEPT);
        address = "http://localhost:" + telemetry.port();
        told = new Told(telemetry);
        told.trace(FAST, 40, false);
        told.trace(FAILED, 900, true);
        told.log(Told.line(RequestMethod.GET, "/reviews/0", 200, FAST), Told.line(RequestMethod.POST, "/reviews/1?q=" + HOSTILE, 503, FAILED));
    }

    @AfterAll
    static void stop() {
        if (telemetry != null) {
            telemetry.close();
        }
        if (mesh != null) {
            mesh.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void visit() {
        visit(ColorScheme.LIGHT, 1280, 800);
    }

    private void visit(ColorScheme scheme, int width, int height) {
        reader = chromium.visit(address, scheme, width, height);
        page = reader.page;
    }

    @AfterEach
    void leave() {
        if (reader != null) {
            reader.close();
        }
    }

    @Test
    void graph_showsWorkloadsByAppWithRatesErrorsAndLocks() {
        reader.open("");

        assertThat(page.locator(".app")).hasText("reviews");
        assertThat(card("productpage-v1.default")).containsText("productpagev1");
        assertThat(card("reviews-v1.default")).containsText("v1");
        assertThat(card("istio-ingressgateway.istio-system")).hasAttribute("data-kind", "gateway");
        assertThat(card("unknown")).containsText("outside");
        Locator failing = edge("productpage-v1.default|reviews-v2.default");
        assertThat(failing).containsText("50 %");
        assertThat(failing).hasAttribute("aria-label", Pattern.compile("productpage to reviews-v2, .*/s, 50 % errors, mutual TLS"));
        assertThat(edge("unknown|istio-ingressgateway.istio-system")).hasAttribute("aria-label", Pattern.compile(".*plaintext"));
        assertThat(card("reviews-v2.default")).hasAttribute("data-tone", "bad");
        reader.screenshot("graph");
        reader.hadNothingToComplainOf();
    }

    @Test
    void graph_tellsOfNodeAndEdgeByKeyboard_andKeepsThemInTheAddress() {
        reader.open("#/graph");

        card("reviews-v2.default").focus();
        page.keyboard().press("Enter");
        Locator panel = page.locator(".panel");
        assertThat(panel.getByRole(AriaRole.HEADING, new Locator.GetByRoleOptions().setName("reviews-v2"))).isVisible();
        assertThat(panel).containsText("Called by");
        assertThat(page).hasURL(Pattern.compile(".*node=reviews-v2.default.*"));

        panel.locator(".end-row").click();
        assertThat(panel).containsText("reviews.default.svc.cluster.local");
        assertThat(panel).containsText("mutual TLS");
        assertThat(panel.locator(".codes")).containsText(Pattern.compile("200.*503"));
        assertThat(panel.locator(".quantiles")).containsText(Pattern.compile("p50.*ms.*p99.*ms"));
        assertThat(panel.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Log")))
                .hasAttribute("href", "#/log?source=productpage-v1&destination=reviews.default.svc.cluster.local");
        page.reload();
        assertThat(panel).containsText("reviews.default.svc.cluster.local");
        page.keyboard().press("Escape");
        assertThat(panel).isHidden();
        reader.hadNothingToComplainOf();
    }

    @Test
    void graph_staysInPlaceWhenRefreshed() {
        reader.open("#/graph");
        assertThat(edge("productpage-v1.default|reviews-v2.default")).containsText("50 %");
        String before = card("reviews-v2.default").getAttribute("style");
        page.waitForResponse("**/weft/v1/graph?*", () -> {});
        page.waitForResponse("**/weft/v1/graph?*", () -> {});

        assertThat(card("reviews-v2.default").getAttribute("style")).isEqualTo(before);
        reader.hadNothingToComplainOf();
    }

    @Test
    void graph_asksForTheChosenWindowAndNamespace() {
        reader.open("#/graph");
        assertThat(card("reviews-v2.default")).isVisible();

        page.waitForRequest(request -> request.url().endsWith("graph?window=5m"), () -> page.getByText("5 min").click());
        page.waitForRequest(request -> request.url().endsWith("graph?window=5m&namespace=istio-system"),
                () -> page.getByLabel("Namespace").selectOption("istio-system"));
        assertThat(card("istio-ingressgateway.istio-system")).isVisible();
        assertThat(card("reviews-v2.default")).hasCount(0);
        reader.hadNothingToComplainOf();
    }

    @Test
    void emptyGraph_saysHowToSendTraffic() {
        reader.open("#/graph?namespace=nowhere");

        assertThat(page.locator(".empty")).containsText("No traffic in namespace nowhere yet");
        assertThat(page.locator(".command").first()).containsText("curl -i http://localhost:8080/productpage");
        reader.hadNothingToComplainOf();
    }

    @Test
    void traces_areFilteredByServiceDurationAndError() {
        reader.open("#/traces");
        Locator rows = page.locator(".trace-row");
        assertThat(rows).hasCount(2);
        assertThat(rows.first()).containsText(Pattern.compile("istio-ingressgateway.istio-system.*3 services.*4 spans"));
        reader.screenshot("traces");

        page.getByLabel("errors only").check();
        assertThat(rows).hasCount(1);
        assertThat(rows).containsText("900 ms");
        page.getByLabel("errors only").uncheck();
        page.getByLabel("Duration").selectOption("500");
        assertThat(rows).hasCount(1);
        page.getByLabel("Duration").selectOption("");
        page.getByLabel("Service").selectOption("reviews.default");
        assertThat(rows).hasCount(2);
        page.getByLabel("Duration").selectOption("5000");
        assertThat(page.locator(".empty")).containsText("No trace like this");
        reader.hadNothingToComplainOf();
    }

    @Test
    void trace_isAWaterfallWithParentsAttributesAndItsLog() {
        reader.open("#/traces");
        page.locator(".trace-row").filter(new Locator.FilterOptions().setHasText("900 ms")).click();

        Locator spans = page.locator(".fall-row");
        assertThat(spans).hasCount(4);
        assertThat(spans.nth(0)).containsText("istio-ingressgateway");
        assertThat(spans.nth(3)).containsText("GET /reviews/" + HOSTILE);
        assertThat(spans.nth(3)).hasAttribute("aria-level", "4");
        spans.nth(3).click();
        assertThat(page.locator(".fall-detail")).containsText("user" + HOSTILE + HOSTILE);
        assertThat(page.locator(".fall-detail")).containsText("no healthy upstream");
        reader.screenshot("trace");

        page.keyboard().press("ArrowUp");
        page.keyboard().press("ArrowLeft");
        assertThat(spans.nth(3)).isHidden();
        page.keyboard().press("ArrowRight");
        assertThat(spans.nth(3)).isVisible();

        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Its log")).click();
        assertThat(page.locator(".log-row")).hasCount(1);
        assertThat(page.locator(".log-row")).containsText("/reviews/1?q=" + HOSTILE);
        assertThat(page.locator("img")).hasCount(0);
        reader.hadNothingToComplainOf();
    }

    @Test
    void traceThatIsNotKept_saysSo() {
        reader.open("#/traces/ffffffffffffffffffffffffffffffff");

        assertThat(page.locator(".empty")).containsText("This trace is not kept");
    }

    @Test
    void log_showsHostilePathsAsText_andIsFiltered() {
        reader.open("#/log?flags=UH");
        Locator rows = page.locator(".log-row");
        assertThat(rows).hasCount(1);
        assertThat(rows).containsText("/reviews/1?q=" + HOSTILE);
        assertThat(rows).containsText("503");
        assertThat(rows).containsText("reviews.default v2");
        assertThat(page.locator("img")).hasCount(0);

        rows.click();
        assertThat(page.locator(".log-detail")).containsText("outbound|9080|v2|reviews.default.svc.cluster.local");
        reader.screenshot("log-detail");
        page.locator(".log-detail").getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Trace").setExact(true)).click();
        assertThat(page.locator(".fall-row")).hasCount(4);

        page.goBack();
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Clear")).click();
        assertThat(page).hasURL(Pattern.compile(".*#/log$"));
        page.getByLabel("method").selectOption("POST");
        assertThat(rows.first()).containsText("POST");
        page.getByLabel("method").selectOption("DELETE");
        assertThat(page.locator(".empty")).containsText("No line like this yet");
        page.getByLabel("method").selectOption("");
        page.getByLabel("status").selectOption("3xx");
        assertThat(page.locator(".empty")).containsText("No line like this yet");
        page.getByLabel("status").selectOption("");
        page.getByLabel("path").fill("/reviews/0");
        assertThat(rows).hasCount(1);
        page.getByLabel("path").fill("");
        page.getByLabel("source").fill("nobody");
        assertThat(page.locator(".empty")).containsText("No line like this yet");
        page.getByLabel("source").fill("productpage");
        page.getByLabel("destination").fill("reviews.default");
        assertThat(rows.filter(new Locator.FilterOptions().setHasText("/reviews/0")).first()).isVisible();
        reader.hadNothingToComplainOf();
    }

    @Test
    void log_growsByItself_andStandsStillWhilePaused() throws Exception {
        reader.open("#/log?path=/live");
        assertThat(page.locator(".empty")).containsText("No line like this yet");

        told.log(Told.line(RequestMethod.GET, "/live/1", 200, FAST));
        Locator rows = page.locator(".log-row");
        assertThat(rows).hasCount(1);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Pause")).click();
        told.log(Told.line(RequestMethod.GET, "/live/2", 404, FAST), Told.line(RequestMethod.GET, "/elsewhere", 404, FAST));
        Locator more = page.locator(".log-more");
        assertThat(more).hasText("1 new line");
        assertThat(rows).hasCount(1);
        more.click();
        assertThat(rows).hasCount(2);
        assertThat(rows.first()).containsText("/live/2");
        assertThat(rows.first()).hasAttribute("data-tone", "warn");
        reader.hadNothingToComplainOf();
    }

    @Test
    void log_saysWhatWasDropped() throws Exception {
        told.log(IntStream.range(0, KEPT + 50).mapToObj(i -> Told.line(RequestMethod.GET, "/flood/" + i, 200, FAST)).toArray(HTTPAccessLogEntry[]::new));
        reader.open("#/log");

        assertThat(page.locator(".log-figures")).containsText(Pattern.compile("[0-9]+ dropped"));
        reader.hadNothingToComplainOf();
        told.log(Told.line(RequestMethod.GET, "/reviews/0", 200, FAST), Told.line(RequestMethod.POST, "/reviews/1?q=" + HOSTILE, 503, FAILED));
    }

    @Test
    void proxies_showStateRefusalAndCertificate() {
        reader.open("#/proxies");

        assertThat(page.locator(".proxy-name")).hasText(new String[] {"istio-ingressgateway.default", "productpage-v1.default", "reviews-v2.default"});
        Locator troubled = page.locator("tr.troubled");
        assertThat(troubled).containsText("reviews-v2");
        assertThat(troubled).containsText("refused");
        assertThat(troubled).containsText("20 min");
        assertThat(page.locator(".proxy-nack")).containsText("route 3: regex " + HOSTILE);
        assertThat(page.locator("img")).hasCount(0);
        reader.screenshot("proxies");

        page.getByText("productpage-v1").click();
        assertThat(page.locator(".proxy-details")).containsText("spiffe://cluster.local/ns/default/sa/productpage-v1");
        page.getByLabel("trouble only").check();
        assertThat(page.locator(".proxy-name")).hasText(new String[] {"reviews-v2.default"});
        reader.hadNothingToComplainOf();
    }

    @Test
    void pilotAway_isSaid_andWhatWasKnownStays() {
        reader.open("#/proxies");
        assertThat(page.locator(".proxy-name")).hasCount(3);
        mesh.pilotGoes();
        try {
            assertThat(page.locator(".proxy-away")).containsText("mesh-pilot does not answer");
            assertThat(page.locator(".proxy-name")).hasCount(3);
            page.reload();
            assertThat(page.locator(".empty")).containsText("mesh-pilot is not there");
        } finally {
            mesh.pilotComesBack();
        }
        assertThat(page.locator(".proxy-name")).hasCount(3);
    }

    @Test
    void telemetryAway_isABanner_andItComesBackByItself() {
        reader.open("#/graph");
        assertThat(card("productpage-v1.default")).isVisible();

        reader.context.setOffline(true);
        assertThat(page.locator("#banner")).containsText("mesh-telemetry does not answer since");
        assertThat(card("productpage-v1.default")).isVisible();
        reader.context.setOffline(false);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Try now")).click();
        assertThat(page.locator("#banner")).isHidden();
        assertThat(page.locator("#pulse")).hasText("live");
    }

    @Test
    void nothingElseOnTheClassPath_isServed() {
        assertThat(telemetry.get("/webjars/cytoscape/package.json").statusCode()).isEqualTo(404);
        assertThat(telemetry.get("/index.html").statusCode()).isEqualTo(404);
        assertThat(telemetry.get("/nothing").body()).contains("\"message\":\"nothing at");
    }

    @Test
    void status_tellsWhatIsHeard() {
        reader.open("#/graph");
        Locator light = page.locator("#pulse");
        assertThat(light).hasText("live");
        light.click();
        Locator status = page.locator("dialog.status");
        assertThat(status).containsText("1 of 1 target answers");
        assertThat(status.locator("tbody tr").first()).containsText("log lines");
        page.keyboard().press("Escape");
        assertThat(status).isHidden();
        reader.hadNothingToComplainOf();
    }

    @Test
    void theme_followsTheSystem_untilTheSwitchSaysOtherwise() {
        Locator root = page.locator("html");
        reader.open("#/graph");
        assertThat(root).hasAttribute("data-theme", "light");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        assertThat(root).hasAttribute("data-theme", "dark");
        assertThat(card("reviews-v2.default")).isVisible();
        reader.screenshot("graph-dark");

        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Switch to light")).click();
        assertThat(root).hasAttribute("data-theme", "light");
        page.reload();
        assertThat(root).hasAttribute("data-theme", "light");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Switch to dark")).click();
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        assertThat(root).hasAttribute("data-theme", "light");
        reader.hadNothingToComplainOf();
    }

    @Test
    void narrowScreen_hasNoSidewaysScrolling() {
        reader.close();
        visit(ColorScheme.DARK, 390, 800);
        for (String view : new String[] {"graph", "traces", "traces/" + FAILED, "log", "proxies"}) {
            reader.open("#/" + view);
            assertThat(page.locator(".node, .trace-row, .fall-row, .log-row, .proxy-name").first()).isVisible();
            assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth")).as(view).isTrue();
            reader.screenshot("narrow-" + view.replace('/', '-').replace(FAILED, "one"));
        }
        reader.hadNothingToComplainOf();
    }

    @Test
    void everyView_isReachedByTabAndEnter() {
        reader.open("");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to content")).isFocused();
        page.keyboard().press("Tab");
        for (String view : new String[] {"Graph", "Traces", "Log", "Proxies"}) {
            page.keyboard().press("Tab");
            assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(view).setExact(true))).isFocused();
            page.keyboard().press("Enter");
            assertThat(page).hasTitle(view + " · Weft");
        }
        reader.hadNothingToComplainOf();
    }

    private Locator card(String id) {
        return page.locator(".node[data-id=\"" + id + "\"]");
    }

    private Locator edge(String ends) {
        return page.locator(".edge[data-id^=\"edge " + ends + "|\"]");
    }
}
