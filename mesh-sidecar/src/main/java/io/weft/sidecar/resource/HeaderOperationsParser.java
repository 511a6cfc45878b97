package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is added to and removed from headers. */
final class HeaderOperationsParser {
    private static final int MAX_VALUE = 16 * 1024;
    private static final Fields OPTION = Fields.of(
            HeaderValueOption.getDescriptor(), "header", "append", "append_action", "keep_empty_value");
    private static final Fields VALUE = Fields.of(HeaderValue.getDescriptor(), "key", "value");
    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private HeaderOperationsParser() {}

    static HeaderOperations parse(
            Where where, String prefix, List<HeaderValueOption> add, List<String> remove) {
        if (add.isEmpty() && remove.isEmpty()) {
            return HeaderOperations.NONE;
        }
        List<HeaderOperations.Add> additions = new ArrayList<>(add.size());
        for (int i = 0; i < add.size(); i++) {
            additions.add(addition(where.item(prefix + "_to_add", i), add.get(i)));
        }
        List<String> removals = new ArrayList<>(remove.size());
        for (int i = 0; i < remove.size(); i++) {
            removals.add(name(where.item(prefix + "_to_remove", i), remove.get(i)));
        }
        return new HeaderOperations(additions, removals);
    }

    private static HeaderOperations.Add addition(Where where, HeaderValueOption option) {
        OPTION.check(where, option);
        Where at = where.field("header");
        HeaderValue header = option.getHeader();
        VALUE.check(at, header);
        String value = header.getValue();
        if (value.length() > MAX_VALUE) {
            throw at.refuse("value", value.length() + " characters", "at most " + MAX_VALUE);
        }
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\0') >= 0) {
            throw at.refuse("value", "CR, LF or NUL in it", "one line");
        }
        return new HeaderOperations.Add(
                name(at.field("key"), header.getKey()), value, action(where, option), option.getKeepEmptyValue());
    }

    private static HeaderOperations.Action action(Where where, HeaderValueOption option) {
        if (option.hasAppend()) {
            if (option.getAppendAction() != HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD) {
                throw where.refuse("append and append_action are both set (expected: one)");
            }
            return option.getAppend().getValue()
                    ? HeaderOperations.Action.APPEND_IF_EXISTS_OR_ADD
                    : HeaderOperations.Action.OVERWRITE_IF_EXISTS_OR_ADD;
        }
        switch (option.getAppendAction()) {
            case APPEND_IF_EXISTS_OR_ADD:
                return HeaderOperations.Action.APPEND_IF_EXISTS_OR_ADD;
            case ADD_IF_ABSENT:
                return HeaderOperations.Action.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD:
                return HeaderOperations.Action.OVERWRITE_IF_EXISTS_OR_ADD;
            case OVERWRITE_IF_EXISTS:
                return HeaderOperations.Action.OVERWRITE_IF_EXISTS;
            default:
                throw where.refuse("append_action", option.getAppendActionValue(), "one of Envoy's four");
        }
    }

    /** Pseudo-headers and Host are not changed by header operations (Envoy, {@code HeaderParser}): a host rewrite says so by name. */
    private static String name(Where where, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.isEmpty() || lower.equals("host")) {
            throw where.refuse("\"" + name + "\" (expected: a header other than host)");
        }
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            boolean ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || TOKEN.indexOf(c) >= 0;
            if (!ok) {
                throw where.refuse("\"" + name + "\" (expected: a header name, no pseudo-header)");
            }
        }
        return lower;
    }
}
