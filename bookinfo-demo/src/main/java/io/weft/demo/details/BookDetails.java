package io.weft.demo.details;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/** The facts about a book, with the field names Bookinfo's users know. The shop has one book; every id is a copy of it. */
@JsonPropertyOrder({"id", "author", "year", "type", "pages", "publisher", "language", "ISBN-10", "ISBN-13"})
record BookDetails(
        int id,
        String author,
        int year,
        String type,
        int pages,
        String publisher,
        String language,
        @JsonProperty("ISBN-10") String isbn10,
        @JsonProperty("ISBN-13") String isbn13) {

    static BookDetails of(int id) {
        return new BookDetails(
                id,
                "William Shakespeare",
                1595,
                "paperback",
                200,
                "Weft Folio Press",
                "English",
                "0000000000",
                "9780000000002");
    }
}
