package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.Svid;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a folder of PEM files anew whenever the identity changes. */
final class CertificateFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);

    private final CountDownLatch written = new CountDownLatch(1);
    private final IdentitySource.Subscription subscription;

    private CertificateFiles(IdentitySource identity, PemFolder folder) {
        this.subscription = identity.subscribe(svid -> write(folder, svid));
    }

    static CertificateFiles keep(IdentitySource identity, PemFolder folder) {
        return new CertificateFiles(identity, folder);
    }

    private void write(PemFolder folder, Svid svid) {
        try {
            folder.write(svid);
            written.countDown();
        } catch (IOException e) {
            log.error("certificate files of {} cannot be written: {}", svid.id(), e.toString());
        }
    }

    /** Waits until the files are there; false if they are not in time. */
    boolean await(Duration timeout) throws InterruptedException {
        return written.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        subscription.close();
    }
}
