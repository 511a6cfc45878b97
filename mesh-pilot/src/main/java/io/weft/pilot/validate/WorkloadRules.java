package io.weft.pilot.validate;

import io.weft.pilot.model.Names;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of ServiceEntry, WorkloadEntry and WorkloadGroup. */
final class WorkloadRules {

    private WorkloadRules() {}

    static void serviceEntry(ServiceEntry object, Check check) {
        ServiceEntry.Resolution resolution =
                object.resolution() == null ? ServiceEntry.Resolution.NONE : object.resolution();
        hosts(object, resolution, check);
        for (int i = 0; i < object.addresses().size(); i++) {
            check.ipOrCidr("spec.addresses[" + i + "]", object.addresses().get(i));
        }
        ports(object.ports(), check);
        endpoints(object, resolution, check);
        check.labels("spec.workloadSelector.labels", object.workloadSelector());
        check.exportTo("spec.exportTo", object.exportTo());
    }

    private static void hosts(ServiceEntry object, ServiceEntry.Resolution resolution, Check check) {
        if (object.hosts().isEmpty()) {
            check.missing("spec.hosts", "at least one host");
        }
        boolean anyName =
                resolution == ServiceEntry.Resolution.NONE || resolution == ServiceEntry.Resolution.DYNAMIC_DNS;
        for (int i = 0; i < object.hosts().size(); i++) {
            String path = "spec.hosts[" + i + "]";
            String host = object.hosts().get(i);
            check.host(path, host);
            if (host.equals("*")) {
                check.expected(path, host, "a host other than *");
            } else if (Hosts.isWildcard(host) && !anyName) {
                check.expected(path, host, "no wildcard with resolution " + resolution);
            }
        }
    }

    private static void ports(List<ServiceEntry.Port> ports, Check check) {
        if (ports.isEmpty()) {
            check.missing("spec.ports", "at least one port");
        }
        Set<Integer> numbers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            ServiceEntry.Port port = ports.get(i);
            String path = "spec.ports[" + i + "]";
            check.port(path + ".number", port.number());
            check.port(path + ".targetPort", port.targetPort());
            check.label(path + ".name", port.name());
            if (!numbers.add(port.number())) {
                check.expected(path + ".number", port.number(), "a number no other port has");
            }
            if (!names.add(port.name())) {
                check.expected(path + ".name", port.name(), "a name no other port has");
            }
        }
    }

    private static void endpoints(ServiceEntry object, ServiceEntry.Resolution resolution, Check check) {
        List<WorkloadSpec> endpoints = object.endpoints();
        if (object.workloadSelector() != null && !endpoints.isEmpty()) {
            check.fail("spec", "both workloadSelector and endpoints (expected: only one of them)");
        }
        boolean none = resolution == ServiceEntry.Resolution.NONE || resolution == ServiceEntry.Resolution.DYNAMIC_DNS;
        if (none && !endpoints.isEmpty()) {
            check.expected("spec.endpoints", endpoints.size(), "none with resolution " + resolution);
        }
        if (resolution == ServiceEntry.Resolution.STATIC && endpoints.isEmpty() && object.workloadSelector() == null) {
            check.missing("spec.endpoints", "endpoints or workloadSelector, as resolution is STATIC");
        }
        if (resolution == ServiceEntry.Resolution.DNS_ROUND_ROBIN && endpoints.size() > 1) {
            check.expected("spec.endpoints", endpoints.size(), "at most one with resolution DNS_ROUND_ROBIN");
        }
        boolean names =
                resolution == ServiceEntry.Resolution.DNS || resolution == ServiceEntry.Resolution.DNS_ROUND_ROBIN;
        Set<String> ports = new HashSet<>();
        object.ports().forEach(port -> ports.add(port.name()));
        for (int i = 0; i < endpoints.size(); i++) {
            String path = "spec.endpoints[" + i + "]";
            workload(path, endpoints.get(i), names, check);
            for (String port : endpoints.get(i).ports().keySet()) {
                if (!ports.contains(port)) {
                    check.expected(path + ".ports", port, "a name of spec.ports " + ports);
                }
            }
        }
    }

    static void workloadEntry(WorkloadEntry object, Check check) {
        workload("spec", object.spec(), true, check);
    }

    private static void workload(String path, WorkloadSpec spec, boolean names, Check check) {
        String address = spec.address();
        if (address == null || address.isEmpty()) {
            if (spec.network() == null || spec.network().isEmpty()) {
                check.missing(path + ".address", "an address or a network");
            }
        } else if (address.startsWith("unix://")) {
            check.expected(path + ".address", address, "an IP address or host name; unix:// is not supported");
        } else if (!Hosts.isIp(address)) {
            if (names) {
                check.plainHost(path + ".address", address);
            } else {
                check.expected(path + ".address", address, "an IP address, as resolution is STATIC");
            }
        }
        common(path, spec, check);
    }

    private static void common(String path, WorkloadSpec spec, Check check) {
        spec.ports().forEach((name, port) -> {
            check.label(path + ".ports", name);
            check.port(path + ".ports." + name, port);
        });
        check.labels(path + ".labels", spec.labels());
        check.notNegative(path + ".weight", spec.weight());
        if (spec.serviceAccount() != null && !spec.serviceAccount().isEmpty()) {
            if (!Names.isSubdomain(spec.serviceAccount())) {
                check.expected(path + ".serviceAccount", spec.serviceAccount(), "a service account's name");
            }
        }
    }

    static void workloadGroup(WorkloadGroup object, Check check) {
        check.labels("spec.metadata.labels", object.labels());
        WorkloadSpec template = object.template();
        if (template.address() != null && !template.address().isEmpty()) {
            check.expected("spec.template.address", template.address(), "unset; each workload registers its own");
        }
        common("spec.template", template, check);
        WorkloadGroup.Probe probe = object.probe();
        if (probe != null) {
            probe("spec.probe", probe, check);
        }
    }

    private static void probe(String path, WorkloadGroup.Probe probe, Check check) {
        WorkloadGroup.HttpGet http = probe.httpGet();
        WorkloadGroup.Grpc grpc = probe.grpc();
        int ways = (http != null ? 1 : 0) + (probe.tcpPort() != null ? 1 : 0) + (grpc != null ? 1 : 0);
        if (ways != 1) {
            check.fail(path, ways + " kinds of probe (expected: exactly one of httpGet, tcpSocket and grpc)");
        }
        check.notNegative(path + ".successThreshold", probe.successThreshold());
        check.notNegative(path + ".failureThreshold", probe.failureThreshold());
        check.port(path + ".tcpSocket.port", probe.tcpPort());
        if (grpc != null) {
            check.port(path + ".grpc.port", grpc.port());
        }
        if (http != null) {
            check.port(path + ".httpGet.port", http.port());
            String target = http.path();
            if (target != null && !target.startsWith("/")) {
                check.expected(path + ".httpGet.path", target, "a path that starts with /");
            }
            if (target != null) {
                check.headerValue(path + ".httpGet.path", target);
            }
            String scheme = http.scheme();
            if (scheme != null && !scheme.equals("HTTP")) {
                check.expected(path + ".httpGet.scheme", scheme, "HTTP; a sidecar asks its app without TLS, and tcpSocket asks one that has it");
            }
        }
    }
}
