package io.weft.demo.httpbin;

import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with the status it is asked for. */
@RestController
final class StatusController {

    @RequestMapping("/status/{codes}")
    ResponseEntity<Void> status(@PathVariable String codes) {
        int code = StatusChoice.parse(codes).draw(() -> ThreadLocalRandom.current().nextDouble());
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(HttpStatusCode.valueOf(code));
        switch (code) {
            case 301, 302, 303, 305, 307 -> answer.location(URI.create("/redirect/1"));
            case 401 -> answer.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Fake Realm\"");
            case 407 -> answer.header(HttpHeaders.PROXY_AUTHENTICATE, "Basic realm=\"Fake Realm\"");
            default -> {}
        }
        return answer.build();
    }
}
