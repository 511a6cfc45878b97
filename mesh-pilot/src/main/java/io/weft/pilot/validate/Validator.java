package io.weft.pilot.validate;

import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.Service;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.Sidecar;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import java.util.List;

/** Holds one object against the rules of its kind. */
public final class Validator {

    private Validator() {}

    /** What is wrong with it; empty if nothing is. */
    public static List<Problem> validate(ConfigObject object) {
        Check check = new Check();
        check.labels("metadata.labels", object.meta().labels());
        if (object instanceof VirtualService virtualService) {
            VirtualServiceRules.check(virtualService, check);
        } else if (object instanceof DestinationRule rule) {
            DestinationRuleRules.check(rule, check);
        } else if (object instanceof Gateway gateway) {
            GatewayRules.check(gateway, check);
        } else if (object instanceof ServiceEntry entry) {
            WorkloadRules.serviceEntry(entry, check);
        } else if (object instanceof WorkloadEntry entry) {
            WorkloadRules.workloadEntry(entry, check);
        } else if (object instanceof WorkloadGroup group) {
            WorkloadRules.workloadGroup(group, check);
        } else if (object instanceof Sidecar sidecar) {
            SidecarRules.check(sidecar, check);
        } else if (object instanceof PeerAuthentication authentication) {
            SecurityRules.peerAuthentication(authentication, check);
        } else if (object instanceof AuthorizationPolicy policy) {
            SecurityRules.authorizationPolicy(policy, check);
        } else if (object instanceof Telemetry telemetry) {
            TelemetryRules.check(telemetry, check);
        } else if (object instanceof SpringRoute route) {
            SpringRouteRules.check(route, check);
        } else if (object instanceof Service service) {
            CoreRules.service(service, check);
        } else if (object instanceof Secret secret) {
            CoreRules.secret(secret, check);
        }
        return check.problems();
    }
}
