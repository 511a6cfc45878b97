package io.weft.ca.kubernetes;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.weft.ca.attest.Attested;
import io.weft.ca.attest.Bearer;
import io.weft.ca.attest.RefusedException;
import io.weft.ca.attest.RefusedException.Reason;
import io.weft.ca.attest.ServiceAccount;
import io.weft.ca.attest.TokenAttestor;
import io.weft.ca.attest.TokenScreen;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Service accounts' tokens: the API server is asked about each (TokenReview), and nothing of its answer is remembered, so that a pod
 * that is deleted gets no certificate for its token from then on. While it cannot be asked nobody is accepted or refused: callers come again.
 */
public final class TokenReviews implements TokenAttestor {

    private static final Logger log = LoggerFactory.getLogger(TokenReviews.class);
    /** Nobody's bad tokens shall take the questions of all the others: at most this part of them is one address's. */
    private static final int SHARE = 10;

    private static final int MAX_PEERS = 10_000;
    private static final int MAX_SHOWN = 200;
    private static final String ACCOUNTS = "system:serviceaccounts";
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";

    private final KubernetesClient client;
    private final String trustDomain;
    private final String audience;
    private final int perSecond;
    private final int perPeer;
    private final TokenScreen screen;
    private final PeerRates peers;
    private final ReviewRate rate;
    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

    /**
     * @param audience what a token must be meant for
     * @param perSecond questions to the API server; more callers are sent away to come again; a tenth of it for one address
     */
    public TokenReviews(KubernetesClient client, String trustDomain, String audience, int perSecond) {
        this(client, trustDomain, audience, perSecond, System::nanoTime);
    }

    TokenReviews(KubernetesClient client, String trustDomain, String audience, int perSecond, LongSupplier nanos) {
        this.client = client;
        this.trustDomain = trustDomain;
        this.audience = audience;
        this.perSecond = perSecond;
        this.perPeer = Math.max(1, perSecond / SHARE);
        this.screen = new TokenScreen(audience, Clock.systemUTC());
        this.peers = new PeerRates(perPeer, MAX_PEERS, nanos);
        this.rate = new ReviewRate(perSecond, nanos);
    }

    /** Why the last token could not be checked; null if the API server answered. */
    public @Nullable String trouble() {
        return trouble.get();
    }

    @Override
    public void screen(String authorization, String address) throws RefusedException {
        screen.require(Bearer.token(authorization));
        if (!peers.take(address)) {
            throw unavailable("more than " + perPeer + " a second from " + address);
        }
    }

    @Override
    public Attested attest(String authorization) throws RefusedException {
        String token = Bearer.token(authorization);
        if (!rate.take()) {
            throw unavailable("more than " + perSecond + " a second");
        }
        TokenReviewStatus status = ask(token);
        if (!Boolean.TRUE.equals(status.getAuthenticated())) {
            String why = status.getError() == null || status.getError().isEmpty() ? "the API server does not know it" : status.getError();
            throw Bearer.refused(Words.of(why, MAX_SHOWN));
        }
        if (status.getAudiences() == null || !status.getAudiences().contains(audience)) {
            // An API server that knows no audiences answers none: then the token is meant for itself.
            throw Bearer.refused("audiences " + Words.of(String.valueOf(status.getAudiences()), MAX_SHOWN) + " (expected: " + audience + ")");
        }
        UserInfo user = Objects.requireNonNullElseGet(status.getUser(), UserInfo::new);
        ServiceAccount account = account(user);
        return new Attested(account.id(trustDomain), bearer(account, user));
    }

    private TokenReviewStatus ask(String token) throws RefusedException {
        TokenReview question = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audience)
                .endSpec()
                .build();
        try {
            TokenReview answer = client.tokenReviews().create(question);
            if (answer == null || answer.getStatus() == null) {
                throw away("a TokenReview came back without status");
            }
            if (trouble.getAndSet(null) != null) {
                log.info("the API server answers about tokens again");
            }
            return answer.getStatus();
        } catch (KubernetesClientException e) {
            throw away(ApiServer.trouble(e));
        }
    }

    /** Said once, not for everybody who asks. */
    private RefusedException away(String why) {
        if (!why.equals(trouble.getAndSet(why))) {
            log.warn("tokens cannot be checked: {}", why);
        }
        return unavailable("the API server cannot be asked");
    }

    private static RefusedException unavailable(String why) {
        return new RefusedException(Reason.UNAVAILABLE, "tokens cannot be checked now: " + why + "; come again");
    }

    /** The name alone could be another authenticator's choice; the groups are Kubernetes' own. */
    private static ServiceAccount account(UserInfo user) throws RefusedException {
        String name = Objects.requireNonNullElse(user.getUsername(), "");
        ServiceAccount account = ServiceAccount.parse("user " + Words.of(name, MAX_SHOWN), name);
        List<String> groups = Objects.requireNonNullElse(user.getGroups(), List.of());
        if (!groups.contains(ACCOUNTS) || !groups.contains(ACCOUNTS + ":" + account.namespace())) {
            throw Bearer.refused("user " + Words.of(name, MAX_SHOWN) + " is in the groups " + Words.of(groups.toString(), MAX_SHOWN)
                    + " (expected: " + ACCOUNTS + " and that of its namespace)");
        }
        return account;
    }

    private static String bearer(ServiceAccount account, UserInfo user) {
        Map<String, List<String>> extra = Objects.requireNonNullElse(user.getExtra(), Map.of());
        List<String> pods = Objects.requireNonNullElse(extra.get(POD_NAME), List.of());
        return pods.size() == 1 ? "pod " + account.namespace() + "/" + Words.of(pods.get(0), MAX_SHOWN) : "a token that is bound to no pod";
    }
}
