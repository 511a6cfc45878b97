package io.weft.sidecar.message;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link HeaderBlock} over Netty's HTTP/1 headers. */
public class Http1Fields implements HeaderBlock {
    private final HttpHeaders headers;

    public Http1Fields(HttpHeaders headers) {
        this.headers = headers;
    }

    /** The wrapped object, to be passed on uncopied. */
    public final HttpHeaders netty() {
        return headers;
    }

    @Override
    public final @Nullable CharSequence get(CharSequence name) {
        return headers.get(name);
    }

    @Override
    public final List<CharSequence> getAll(CharSequence name) {
        return List.copyOf(headers.getAll(name));
    }

    @Override
    public final boolean contains(CharSequence name) {
        return headers.contains(name);
    }

    @Override
    public final void set(CharSequence name, CharSequence value) {
        headers.set(name, value);
    }

    @Override
    public final void add(CharSequence name, CharSequence value) {
        headers.add(name, value);
    }

    @Override
    public final void remove(CharSequence name) {
        headers.remove(name);
    }

    @Override
    public final int size() {
        return headers.size();
    }

    @Override
    public final void forEach(Visitor visitor) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            visitor.field(field.getKey(), field.getValue());
        }
    }
}
