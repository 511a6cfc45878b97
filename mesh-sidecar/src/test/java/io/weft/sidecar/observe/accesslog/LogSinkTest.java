package io.weft.sidecar.observe.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogSinkTest {
    private final ByteArrayOutputStream disk = new ByteArrayOutputStream();
    private boolean full;
    private final LogSink sink = new LogSink("test", new OutputStream() {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (full) {
                throw new IOException("no space left");
            }
            disk.write(bytes, from, count);
        }
    });

    private void line(String text) {
        LineBuffer line = sink.buffer();
        line.begin();
        line.append(text).end();
    }

    @Test
    void linesThatCannotBeWritten_areLost_butAsMuchWorkAsAnyOthers_andLaterOnesAreWritten() {
        full = true;
        line("lost");
        assertThat(sink.drain()).as("the writer rests after it as after any round").isTrue();
        assertThat(sink.isEmpty()).isTrue();
        full = false;
        line("kept");
        assertThat(sink.drain()).isTrue();
        assertThat(sink.drain()).isFalse();
        assertThat(disk.toString(StandardCharsets.UTF_8)).isEqualTo("kept\n");
    }
}
