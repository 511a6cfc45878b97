package io.weft.demo.k8s;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain values. */
final class Values {

    private Values() {}

    /** A copy as mesh-pilot's YAML reader gives values, with mappings and lists that may be changed, and whole numbers as longs. */
    static @Nullable Object changeable(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, each) -> copy.put((String) key, changeable(each)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(changeable(each)));
            return copy;
        }
        return value instanceof Integer number ? (Long) number.longValue() : value;
    }
}
