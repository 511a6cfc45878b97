package io.weft.telemetry.ingest.zipkin;

import io.weft.telemetry.ingest.SpanDraft;
import io.weft.telemetry.ingest.SpanIntake;
import io.weft.telemetry.ingest.Uploads;
import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** {@code POST /api/v2/spans}: all spans of a message are taken (202), or none (400). */
@RestController
final class ZipkinHttp {

    private final SpanIntake spans;
    private final Intake intake;
    private final Uploads uploads;

    ZipkinHttp(SpanIntake spans, Intake intake, Uploads uploads) {
        this.spans = spans;
        this.intake = intake;
        this.uploads = uploads;
    }

    @PostMapping("/api/v2/spans")
    Mono<ResponseEntity<Void>> spans(ServerHttpRequest request) {
        MediaType type = Uploads.type(request);
        if (type == null || !type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
            throw new ResponseStatusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type (expected: application/json)");
        }
        return uploads.read(request, this::take);
    }

    private ResponseEntity<Void> take(byte[] body) {
        List<SpanDraft> drafts;
        try {
            drafts = ZipkinSpans.read(body);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
        }
        for (int i = 0; i < drafts.size(); i++) {
            String problem = spans.problem(drafts.get(i));
            if (problem != null) {
                intake.received(Kind.SPAN, drafts.size());
                intake.dropped(Kind.SPAN, DropReason.MALFORMED, drafts.size());
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "[" + i + "]: " + problem);
            }
        }
        drafts.forEach(draft -> spans.take(draft, null));
        return ResponseEntity.accepted().build();
    }
}
