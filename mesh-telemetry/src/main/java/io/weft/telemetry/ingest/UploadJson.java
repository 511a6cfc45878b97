package io.weft.telemetry.ingest;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON that strangers send. */
public final class UploadJson {

    /** Brackets, names and values of one upload. Real ones have a tenth of it; one of nothing but empty objects would become hundreds of times its size. */
    private static final long MAX_TOKENS = 500_000;

    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
                    .build())
            .build();

    private UploadJson() {}
}
