package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    @AfterEach
    void clear() {
        System.clearProperty("weft.t.a");
        System.clearProperty("weft.t.b");
        System.clearProperty("weft.t.c");
    }

    @Test
    void mavensCommandLineReachesTheParts() {
        CommandLine.intoSystemProperties(
                new String[0], " -q spring-boot:run -Dweft.t.a=9090 -Dother=1 \"-Dweft.t.b=x y\" -Dweft.t.c=\"z\" -Dweft.t.d");
        assertThat(System.getProperty("weft.t.a")).isEqualTo("9090");
        assertThat(System.getProperty("weft.t.c")).isEqualTo("z");
        assertThat(System.getProperty("other")).isNull();
        assertThat(System.getProperty("weft.t.d")).isNull();
    }

    @Test
    void whatIsNearerWins() {
        System.setProperty("weft.t.a", "jvm");
        System.setProperty("weft.t.b", "jvm");
        CommandLine.intoSystemProperties(new String[] {"--weft.t.b=own"}, "-Dweft.t.a=maven -Dweft.t.b=maven");
        assertThat(System.getProperty("weft.t.a")).isEqualTo("jvm");
        assertThat(System.getProperty("weft.t.b")).isEqualTo("own");
    }

    @Test
    void noCommandLineIsFine() {
        CommandLine.intoSystemProperties(new String[] {"weft.t.a=1", "-Dweft.t.a=1"}, null);
        assertThat(System.getProperty("weft.t.a")).isNull();
    }
}
