package io.weft.demo.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the TLS Secret that the launcher seeds. */
final class SeededSecret {

    private SeededSecret() {}

    static Path find(Path config, String name) throws IOException {
        try (Stream<Path> files = Files.list(config)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                if (text.contains("kind: Secret") && text.contains("name: " + name)) {
                    return file;
                }
            }
        }
        throw new IOException("no Secret " + name + " in " + config);
    }

    static InputStream certificate(String secretYaml) {
        Matcher data = Pattern.compile("tls\\.crt: *\"?([A-Za-z0-9+/=]+)").matcher(secretYaml);
        if (!data.find()) {
            throw new IllegalArgumentException("the Secret has no tls.crt under data");
        }
        return new ByteArrayInputStream(Base64.getDecoder().decode(data.group(1).getBytes(StandardCharsets.US_ASCII)));
    }
}
