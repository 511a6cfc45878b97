package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.ServerTls;
import io.weft.pilot.source.ConfigSnapshot;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The Secrets that Gateways in force name: the only ones that are read. */
final class GatewaySecretNames {

    /** The reference mesh's: where the roots for client certificates stand apart from the key. */
    private static final String AUTHORITY = "-cacert";

    private GatewaySecretNames() {}

    static Set<String> of(ConfigSnapshot snapshot) {
        Set<String> names = new TreeSet<>();
        snapshot.objects().values().forEach(accepted -> {
            if (accepted.object() instanceof Gateway gateway) {
                gateway.servers().forEach(server -> add(server.tls(), names));
            }
        });
        return names;
    }

    private static void add(@Nullable ServerTls tls, Set<String> names) {
        if (tls == null || tls.credentialName() == null) {
            return;
        }
        names.add(tls.credentialName());
        if (tls.mode() == ServerTls.Mode.MUTUAL || tls.mode() == ServerTls.Mode.OPTIONAL_MUTUAL) {
            names.add(tls.credentialName() + AUTHORITY);
        }
    }
}
