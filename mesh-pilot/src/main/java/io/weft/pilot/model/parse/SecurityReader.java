package io.weft.pilot.model.parse;

import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads PeerAuthentication and AuthorizationPolicy. */
final class SecurityReader {

    private SecurityReader() {}

    static PeerAuthentication peerAuthentication(ObjectMeta meta, Fields spec) {
        return new PeerAuthentication(
                meta,
                CommonReaders.selector(spec, "selector", "matchLabels"),
                spec.child("mtls", SecurityReader::mode),
                ports(spec));
    }

    private static PeerAuthentication.Mode mode(Fields fields) {
        PeerAuthentication.Mode mode = fields.choice("mode", PeerAuthentication.Mode.class);
        return mode == null ? PeerAuthentication.Mode.UNSET : mode;
    }

    private static Map<Integer, PeerAuthentication.Mode> ports(Fields spec) {
        Map<Integer, PeerAuthentication.Mode> ports = new LinkedHashMap<>();
        spec.map("portLevelMtls", SecurityReader::mode).forEach((key, mode) -> {
            try {
                ports.put(Integer.valueOf(key), mode);
            } catch (NumberFormatException notANumber) {
                spec.problems().add(Problem.expected(spec.path("portLevelMtls"), key, "a port as key, 1 to 65535"));
            }
        });
        return ports;
    }

    static AuthorizationPolicy authorizationPolicy(ObjectMeta meta, Fields spec) {
        spec.unsupported("targetRef", "targetRefs", "provider");
        return new AuthorizationPolicy(
                meta,
                CommonReaders.selector(spec, "selector", "matchLabels"),
                spec.list("rules", SecurityReader::rule),
                spec.choice("action", AuthorizationPolicy.Action.class));
    }

    private static AuthorizationPolicy.Rule rule(Fields fields) {
        return new AuthorizationPolicy.Rule(
                fields.list("from", each -> each.requiredChild("source", SecurityReader::source)),
                fields.list("to", each -> each.requiredChild("operation", SecurityReader::operation)),
                fields.list("when", SecurityReader::condition));
    }

    private static AuthorizationPolicy.Source source(Fields fields) {
        return new AuthorizationPolicy.Source(
                fields.strings("principals"),
                fields.strings("notPrincipals"),
                fields.strings("requestPrincipals"),
                fields.strings("notRequestPrincipals"),
                fields.strings("namespaces"),
                fields.strings("notNamespaces"),
                fields.strings("ipBlocks"),
                fields.strings("notIpBlocks"),
                fields.strings("remoteIpBlocks"),
                fields.strings("notRemoteIpBlocks"),
                fields.strings("serviceAccounts"),
                fields.strings("notServiceAccounts"));
    }

    private static AuthorizationPolicy.Operation operation(Fields fields) {
        return new AuthorizationPolicy.Operation(
                fields.strings("hosts"),
                fields.strings("notHosts"),
                fields.strings("ports"),
                fields.strings("notPorts"),
                fields.strings("methods"),
                fields.strings("notMethods"),
                fields.strings("paths"),
                fields.strings("notPaths"));
    }

    private static AuthorizationPolicy.Condition condition(Fields fields) {
        return new AuthorizationPolicy.Condition(
                fields.requiredString("key"), fields.strings("values"), fields.strings("notValues"));
    }
}
