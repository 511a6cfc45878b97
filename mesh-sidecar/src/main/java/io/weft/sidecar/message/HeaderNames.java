package io.weft.sidecar.message;

import io.netty.util.AsciiString;

/** Names as the engine uses them: lower-case, with their hash cached. */
public final class HeaderNames {
    public static final AsciiString HOST = AsciiString.cached("host");
    public static final AsciiString CONNECTION = AsciiString.cached("connection");
    public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    public static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    public static final AsciiString PROXY_AUTHENTICATE = AsciiString.cached("proxy-authenticate");
    public static final AsciiString PROXY_AUTHORIZATION = AsciiString.cached("proxy-authorization");
    public static final AsciiString TE = AsciiString.cached("te");
    public static final AsciiString TRAILER = AsciiString.cached("trailer");
    public static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
    public static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    public static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    public static final AsciiString UPGRADE = AsciiString.cached("upgrade");
    public static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");
    public static final AsciiString EXPECT = AsciiString.cached("expect");
    public static final AsciiString COOKIE = AsciiString.cached("cookie");
    public static final AsciiString SET_COOKIE = AsciiString.cached("set-cookie");
    public static final AsciiString DATE = AsciiString.cached("date");
    public static final AsciiString SERVER = AsciiString.cached("server");
    public static final AsciiString LOCATION = AsciiString.cached("location");
    public static final AsciiString ORIGIN = AsciiString.cached("origin");
    public static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    public static final AsciiString X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
    public static final AsciiString X_FORWARDED_CLIENT_CERT = AsciiString.cached("x-forwarded-client-cert");
    public static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");
    public static final AsciiString X_ENVOY_ATTEMPT_COUNT = AsciiString.cached("x-envoy-attempt-count");
    public static final AsciiString X_ENVOY_EXPECTED_RQ_TIMEOUT = AsciiString.cached("x-envoy-expected-rq-timeout-ms");
    public static final AsciiString X_ENVOY_ORIGINAL_PATH = AsciiString.cached("x-envoy-original-path");
    public static final AsciiString X_ENVOY_ORIGINAL_HOST = AsciiString.cached("x-envoy-original-host");
    public static final AsciiString X_ENVOY_UPSTREAM_SERVICE_TIME = AsciiString.cached("x-envoy-upstream-service-time");
    public static final AsciiString X_ENVOY_OVERLOADED = AsciiString.cached("x-envoy-overloaded");
    public static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    public static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
    public static final AsciiString GRPC_TIMEOUT = AsciiString.cached("grpc-timeout");

    private HeaderNames() {}

    /** Connection-specific fields (RFC 9113 8.2.2), and Host, which {@code :authority} says. */
    public static boolean forbiddenInHttp2(AsciiString lower) {
        return switch (lower.length()) {
            case 4 -> lower.contentEquals(HOST);
            case 7 -> lower.contentEquals(UPGRADE);
            case 10 -> lower.contentEquals(CONNECTION) || lower.contentEquals(KEEP_ALIVE);
            case 14 -> lower.contentEquals(HTTP2_SETTINGS);
            case 16 -> lower.contentEquals(PROXY_CONNECTION);
            case 17 -> lower.contentEquals(TRANSFER_ENCODING);
            default -> false;
        };
    }
}
