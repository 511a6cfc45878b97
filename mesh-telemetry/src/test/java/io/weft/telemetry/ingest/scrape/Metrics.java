package io.weft.telemetry.ingest.scrape;

/** Lines of a proxy's page. */
final class Metrics {

    private static final String ENDS = "source_workload=\"productpage-v1\",source_workload_namespace=\"default\",source_principal=\"unknown\","
            + "source_app=\"productpage\",source_version=\"v1\",destination_workload=\"reviews-v1\",destination_workload_namespace=\"default\","
            + "destination_app=\"reviews\",destination_version=\"v1\",destination_service=\"reviews.default.svc.cluster.local\","
            + "destination_service_name=\"reviews\",destination_service_namespace=\"default\",request_protocol=\"http\",";

    private Metrics() {}

    static String requests(String reporter, String code, double count) {
        return "istio_requests_total" + labels(reporter, code) + " " + count + "\n";
    }

    static String labels(String reporter, String code) {
        String security = reporter.equals("source") ? "unknown" : "mutual_tls";
        return "{reporter=\"" + reporter + "\"," + ENDS + "response_code=\"" + code + "\",response_flags=\"-\",connection_security_policy=\""
                + security + "\"}";
    }

    /** All requests take 5 to 10 ms. */
    static String durations(String reporter, String code, int count) {
        String labels = labels(reporter, code);
        String open = "istio_request_duration_milliseconds_bucket" + labels.substring(0, labels.length() - 1) + ",le=\"";
        return "# TYPE istio_request_duration_milliseconds histogram\n"
                + open + "5\"} 0\n"
                + open + "10\"} " + count + "\n"
                + open + "+Inf\"} " + count + "\n"
                + "istio_request_duration_milliseconds_sum" + labels + " " + 7 * count + "\n"
                + "istio_request_duration_milliseconds_count" + labels + " " + count + "\n";
    }
}
