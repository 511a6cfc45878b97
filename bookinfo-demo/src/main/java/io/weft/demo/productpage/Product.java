package io.weft.demo.productpage;

import java.util.List;
import java.util.Optional;

/** A book of the shop, which has one. */
record Product(int id, String title, String descriptionHtml) {

    private static final Product COMEDY = new Product(
            0,
            "The Comedy of Errors",
            "One of Shakespeare’s first plays and his shortest: two masters and two servants, each pair alike to the last"
                    + " button, walk about the same town for a day without knowing of one another. Bills are paid to the wrong"
                    + " man, doors stay shut before the right one, and a wife dines with a stranger.");

    static List<Product> all() {
        return List.of(COMEDY);
    }

    static Optional<Product> byId(int id) {
        return all().stream().filter(product -> product.id() == id).findFirst();
    }
}
