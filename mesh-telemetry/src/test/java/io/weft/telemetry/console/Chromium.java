package io.weft.telemetry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** The machine's own Chromium, and a page in it of which every complaint is kept. Playwright's own browsers are never fetched. */
final class Chromium implements AutoCloseable {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Skips the test, and says so, on a machine without one. */
    static Chromium start() {
        Path executable = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(executable != null, "no Chromium on PATH (Debian: apt-get install chromium)");
        Playwright playwright =
                Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        // Chromium's own sandbox does not start for root, as which CI runs; it shows nothing here but our page.
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions().setExecutablePath(executable).setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
        return new Chromium(playwright, browser);
    }

    Visit visit(String address, ColorScheme scheme, int width, int height) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setBaseURL(address)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.NO_PREFERENCE)
                .setViewportSize(width, height));
        return new Visit(context);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    /** A reader with a fresh browser. */
    static final class Visit implements AutoCloseable {

        final BrowserContext context;
        final Page page;
        private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

        private Visit(BrowserContext context) {
            this.context = context;
            // A broken policy is an error in the console, too; this says which.
            context.addInitScript("addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))");
            this.page = context.newPage();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    complaints.add(message.type() + ": " + message.text() + " at " + message.location());
                }
            });
            page.onPageError(complaints::add);
            page.onDialog(dialog -> {
                complaints.add("a script of a stranger's ran: " + dialog.message());
                dialog.dismiss();
            });
        }

        Visit open(String hash) {
            page.navigate("/" + hash);
            return this;
        }

        void screenshot(String name) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/screenshots", name + ".png")));
        }

        void hadNothingToComplainOf() {
            assertThat(complaints).isEmpty();
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
