package io.weft.demo.httpbin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request's body as httpbin shows it: as text, and parsed if it is a form, files or JSON. */
record Body(String data, Map<String, Object> form, Map<String, Object> files, @Nullable Object json) {}
