package io.weft.demo.httpbin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** The codes of {@code /status/{codes}}: one, or several with weights ({@code 200:0.5,500}; no weight is 1) to draw from. */
record StatusChoice(List<Weighted> codes) {

    private static final int MOST = 100;

    record Weighted(int code, double weight) {}

    static StatusChoice parse(String text) {
        List<Weighted> codes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            codes.add(weighted(part.strip()));
        }
        if (codes.size() > MOST || sum(codes) <= 0) {
            throw invalid(text);
        }
        return new StatusChoice(codes);
    }

    /** Draws a code; {@code random} yields numbers in [0, 1). */
    int draw(DoubleSupplier random) {
        double point = random.getAsDouble() * sum(codes);
        for (Weighted each : codes) {
            point -= each.weight();
            if (point < 0) {
                return each.code();
            }
        }
        return codes.get(codes.size() - 1).code();
    }

    private static double sum(List<Weighted> codes) {
        return codes.stream().mapToDouble(Weighted::weight).sum();
    }

    private static Weighted weighted(String part) {
        int colon = part.indexOf(':');
        try {
            int code = Integer.parseInt(colon < 0 ? part : part.substring(0, colon));
            double weight = colon < 0 ? 1 : Double.parseDouble(part.substring(colon + 1));
            if (code < 200 || code > 599 || !(weight >= 0) || Double.isInfinite(weight)) {
                throw invalid(part);
            }
            return new Weighted(code, weight);
        } catch (NumberFormatException notANumber) {
            throw invalid(part);
        }
    }

    private static ResponseStatusException invalid(String text) {
        return new ResponseStatusException(
                HttpStatus.BAD_REQUEST,
                "Invalid status code: " + text + " (expected: 200 to 599, or a list like 200:0.5,500:0.5)");
    }
}
