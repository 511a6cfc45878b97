package io.weft.demo.launcher;

import com.nimbusds.jose.JOSEException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Tokens as the launcher makes them, for parts that a test of another package starts. */
public final class LauncherTokens {

    private final Path home;

    private LauncherTokens(Path home) {
        this.home = home;
    }

    /**
     * Makes a key and a token for each part.
     *
     * @param home an empty folder
     * @param identities part → {@code <namespace>/<service account>}
     */
    public static LauncherTokens into(Path home, Map<String, String> identities) throws IOException, JOSEException {
        List<Account> accounts = identities.entrySet().stream()
                .map(part -> {
                    String[] identity = part.getValue().split("/");
                    return new Account(part.getKey(), identity[0], identity[1]);
                })
                .toList();
        TokenIssuer.create(home, accounts, Clock.systemUTC());
        return new LauncherTokens(home);
    }

    /** The public half of the key, as mesh-ca reads it. */
    public String keys() throws IOException {
        return Files.readString(home.resolve("tokens").resolve("jwks.json"));
    }

    public String of(String part) throws IOException {
        return Files.readString(TokenIssuer.file(home, part));
    }
}
