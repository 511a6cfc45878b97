package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.Svid;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a folder of PEM files anew whenever the identity changes. What cannot be written, on a full disk for one, is tried again until it can. */
final class CertificateFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long LAST_RETRY_MILLIS = 60_000;

    private final PemFolder folder;
    private final CountDownLatch written = new CountDownLatch(1);
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "certificate-files");
        thread.setDaemon(true);
        return thread;
    });
    private final IdentitySource.Subscription subscription;
    private volatile @Nullable String trouble = "the certificate files are not written yet";
    private @Nullable Svid newest;
    private long retryMillis = FIRST_RETRY_MILLIS;

    private CertificateFiles(IdentitySource identity, PemFolder folder) {
        this.folder = folder;
        this.subscription = identity.subscribe(this::renewed);
    }

    static CertificateFiles keep(IdentitySource identity, PemFolder folder) {
        return new CertificateFiles(identity, folder);
    }

    private synchronized void renewed(Svid svid) {
        newest = svid;
        retryMillis = FIRST_RETRY_MILLIS;
        write(svid);
    }

    private synchronized void retry(Svid svid) {
        // A newer one has retries of its own.
        if (svid == newest) {
            write(svid);
        }
    }

    private void write(Svid svid) {
        try {
            folder.write(svid);
            if (retryMillis > FIRST_RETRY_MILLIS) {
                log.info("the certificate files of {} are written now", svid.id());
            }
            trouble = null;
            written.countDown();
        } catch (IOException e) {
            trouble = "the certificate files of " + svid.id() + " cannot be written: " + e;
            if (!retries.isShutdown()) {
                log.error("{}; trying again in {} ms", trouble, retryMillis);
                retries.schedule(() -> retry(svid), retryMillis, TimeUnit.MILLISECONDS);
                retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
            }
        }
    }

    /** Waits until the files are there; false if they are not in time. */
    boolean await(Duration timeout) throws InterruptedException {
        return written.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether there are files, if perhaps of a certificate that has been renewed meanwhile. */
    boolean areThere() {
        return written.getCount() == 0;
    }

    /** Why the newest certificate is not in the folder; null if it is. */
    @Nullable String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        subscription.close();
        synchronized (this) {
            retries.shutdownNow();
        }
    }
}
