package io.weft.sidecar.observe.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineBufferTest {
    private final LineBuffer line = new LineBuffer(64 * 1024);

    private String drained() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        line.drainTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "10, 10", "1234567890123, 1234567890123", "-1, -1", "9223372036854775807, 9223372036854775807"})
    void numbers(long number, String text) throws IOException {
        line.append(number).end();
        assertThat(drained()).isEqualTo(text + "\n");
    }

    @Test
    void cleanValues_areTheSameOfEitherKind() throws IOException {
        String value = "a\"b\\c\nd\u007f\u0085\u00e9\u20ac\ud83d\ude00z";
        line.appendClean(value);
        line.append(' ').appendClean(new AsciiString("curl/8\r\n\"x\""));
        line.end();
        assertThat(drained()).isEqualTo("a\\\"b\\\\c\\x0ad\\x7f\\x85\u00e9\u20ac\ud83d\ude00z curl/8\\x0d\\x0a\\\"x\\\"\n");
    }

    @Test
    void partOfAnAsciiString_isThatPart() throws IOException {
        line.appendClean(new AsciiString("xxhelloyy").subSequence(2, 7));
        line.append(new AsciiString("xxhelloyy").subSequence(2, 7)).end();
        assertThat(drained()).isEqualTo("hellohello\n");
    }

    @Test
    void json_staysInsideItsQuotes() throws IOException {
        LineBuffer value = line.scratch();
        value.append("a\"\\\u0001\u00e9");
        line.appendQuoted(value);
        line.end();
        assertThat(drained()).isEqualTo("\"a\\\"\\\\\\u0001\u00e9\"\n");
    }

    @Test
    void bytesThatAreNoUtf8_areWrittenAsUtf8() throws IOException {
        line.append(new AsciiString(new byte[] {'a', (byte) 0xff, (byte) 0xe9})).end();
        assertThat(drained()).isEqualTo("a\u00ff\u00e9\n");
    }

    @Test
    void aLineThatWasNeverEnded_isForgotten() throws IOException {
        line.append("half");
        line.begin();
        line.append("whole").end();
        assertThat(drained()).isEqualTo("whole\n");
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void whatTheWriterCannotTake_isDropped_andTheRestIsWhole() throws IOException {
        String text = "x".repeat(1000);
        int taken = 0;
        while (taken < 1000) {
            line.begin();
            line.append(text);
            if (!line.end()) {
                break;
            }
            taken++;
        }
        assertThat(taken).isEqualTo(64 * 1024 / 1001);
        assertThat(drained().lines()).hasSize(taken).allMatch(text::equals);
        line.begin();
        line.append("again");
        assertThat(line.end()).isTrue();
        assertThat(drained()).isEqualTo("again\n");
    }
}
