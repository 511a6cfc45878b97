package io.weft.gateway.springroute;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the control plane is told of the factories. */
class RouteFactoriesTest {

    private final Struct metadata = Springs.factories().metadata();

    private Struct of(String kind, String name) {
        return metadata.getFieldsOrThrow(kind).getStructValue().getFieldsOrThrow(name).getStructValue();
    }

    private static List<String> strings(Struct factory, String field) {
        return factory.getFieldsOrThrow(field).getListValue().getValuesList().stream().map(Value::getStringValue).toList();
    }

    @Test
    void argumentsInTheOrderOfTheShortForm_andItsShape() {
        assertThat(strings(of("predicates", "Path"), "args")).containsExactly("patterns", "matchTrailingSlash");
        assertThat(of("predicates", "Path").getFieldsOrThrow("shortcut").getStringValue()).isEqualTo("GATHER_LIST_TAIL_FLAG");
        assertThat(of("filters", "StripPrefix").getFieldsOrThrow("shortcut").getStringValue()).isEqualTo("DEFAULT");
        assertThat(strings(of("filters", "AddRequestHeader"), "args")).containsExactly("name", "value");
    }

    @Test
    void namesThatTheFullFormMaySet() {
        assertThat(strings(of("filters", "Retry"), "names"))
                .contains("retries", "statuses", "methods", "series", "exceptions", "backoff", "jitter")
                .doesNotContain("class");
        assertThat(strings(of("filters", "StripPrefix"), "names")).contains("parts");
    }

    @Test
    void aRateLimitersArgumentsAreItsOwnAffair() {
        assertThat(of("filters", "RequestRateLimiter").containsFields("names")).isFalse();
    }
}
