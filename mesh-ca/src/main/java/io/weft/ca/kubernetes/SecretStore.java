package io.weft.ca.kubernetes;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.weft.ca.authority.AuthorityException;
import io.weft.ca.authority.AuthorityStore;
import io.weft.ca.authority.KeptAuthority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Root and intermediate in Secret {@code istio-system/istio-ca-secret}, one for all replicas. Whoever is first makes it, by the API
 * server's order of things; whoever is second takes what is there. {@code ca-cert.pem} and {@code ca-key.pem} are the reference mesh's
 * names for what signs.
 */
public final class SecretStore implements AuthorityStore {

    static final String NAMESPACE = "istio-system";
    static final String NAME = "istio-ca-secret";

    private static final Logger log = LoggerFactory.getLogger(SecretStore.class);
    private static final String TYPE = "istio.io/ca-root";
    private static final int CONFLICT = 409;
    private static final long RETRY_MILLIS = 1000;

    private final KubernetesClient client;
    private final Duration patience;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean reached;

    /** @param patience how long the first look waits for the API server */
    public SecretStore(KubernetesClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    @Override
    public Optional<KeptAuthority> load() {
        return Optional.ofNullable(reached ? read() : firstRead()).map(SecretStore::kept);
    }

    private @Nullable Secret read() {
        return asked("read", () -> secret().get());
    }

    private @Nullable Secret firstRead() {
        long end = System.nanoTime() + patience.toNanos();
        String said = "";
        while (true) {
            try {
                Secret found = read();
                reached = true;
                return found;
            } catch (AuthorityException e) {
                if (System.nanoTime() > end || !pause()) {
                    throw e;
                }
                if (!said.equals(e.getMessage())) {
                    said = e.getMessage();
                    log.warn("waiting for the API server: {}", said);
                }
            }
        }
    }

    /** False: it is the end. */
    private boolean pause() {
        try {
            return !closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public KeptAuthority create(KeptAuthority made) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(NAME)
                .endMetadata()
                .withType(TYPE)
                .withData(data(made))
                .build();
        return asked("created", () -> {
            try {
                return kept(secret(secret).create());
            } catch (KubernetesClientException e) {
                if (e.getCode() == CONFLICT) {
                    return current();
                }
                throw e;
            }
        });
    }

    @Override
    public KeptAuthority renew(KeptAuthority before, KeptAuthority next) {
        return asked("changed", () -> {
            Secret now = secret().get();
            if (now == null) {
                return create(next);
            }
            if (!now.getMetadata().getResourceVersion().equals(before.version())) {
                return kept(now);
            }
            try {
                Secret changed = new SecretBuilder(now).addToData(data(next)).build();
                return kept(secret(changed).lockResourceVersion(before.version()).update());
            } catch (KubernetesClientException e) {
                if (e.getCode() == CONFLICT) {
                    return current();
                }
                throw e;
            }
        });
    }

    private KeptAuthority current() {
        Secret now = secret().get();
        if (now == null) {
            throw new AuthorityException(place() + " was there and is gone (expected: nobody deletes it)");
        }
        return kept(now);
    }

    private Resource<Secret> secret() {
        return client.secrets().inNamespace(NAMESPACE).withName(NAME);
    }

    private Resource<Secret> secret(Secret item) {
        return client.secrets().inNamespace(NAMESPACE).resource(item);
    }

    private static <T extends @Nullable Object> T asked(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            throw new AuthorityException(place() + " cannot be " + what + ": " + ApiServer.trouble(e), e);
        }
    }

    private static KeptAuthority kept(Secret secret) {
        String root = text(secret, Part.ROOT_CERTIFICATE);
        if (root == null) {
            throw new AuthorityException(place() + " has no root-cert.pem (expected: what mesh-ca puts there;"
                    + " if it is another authority's, delete it: every workload's certificate is renewed then)");
        }
        return new KeptAuthority(
                root,
                text(secret, Part.ROOT_KEY),
                text(secret, Part.INTERMEDIATE_CERTIFICATE),
                text(secret, Part.INTERMEDIATE_KEY),
                secret.getMetadata().getResourceVersion());
    }

    private static @Nullable String text(Secret secret, Part part) {
        Map<String, String> data = secret.getData();
        String base64 = data == null ? null : data.get(key(part));
        if (base64 == null || base64.isEmpty()) {
            return null;
        }
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AuthorityException(place() + ", " + key(part) + ": not base64", e);
        }
    }

    private static Map<String, String> data(KeptAuthority made) {
        return Map.of(
                key(Part.ROOT_CERTIFICATE), base64(made.rootCertificate()),
                key(Part.ROOT_KEY), base64(made.rootKey()),
                key(Part.INTERMEDIATE_CERTIFICATE), base64(made.intermediateCertificate()),
                key(Part.INTERMEDIATE_KEY), base64(made.intermediateKey()));
    }

    private static String base64(@Nullable String pem) {
        return Base64.getEncoder().encodeToString(requireNonNull(pem, "what is kept here is whole").getBytes(StandardCharsets.UTF_8));
    }

    private static String key(Part part) {
        return switch (part) {
            case ROOT_CERTIFICATE -> "root-cert.pem";
            case ROOT_KEY -> "root-key.pem";
            case INTERMEDIATE_CERTIFICATE -> "ca-cert.pem";
            case INTERMEDIATE_KEY -> "ca-key.pem";
        };
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public String place(Part part) {
        return place() + ", " + key(part);
    }

    private static String place() {
        return "Secret " + NAMESPACE + "/" + NAME;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
