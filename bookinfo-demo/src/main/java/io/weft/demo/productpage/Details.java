package io.weft.demo.productpage;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The facts about a book, as details tells them. */
record Details(
        int id,
        String author,
        int year,
        String type,
        int pages,
        String publisher,
        String language,
        @JsonProperty("ISBN-10") String isbn10,
        @JsonProperty("ISBN-13") String isbn13) {}
