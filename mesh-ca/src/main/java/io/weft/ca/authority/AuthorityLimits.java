package io.weft.ca.authority;

import java.time.Duration;

/**
 * Lifetimes.
 *
 * @param root of a new root
 * @param intermediate of a new intermediate; it is renewed when less than half is left, or less than {@code maxLeaf}
 * @param leaf of a leaf whose requester names none
 * @param maxLeaf the longest a requester may ask for
 */
public record AuthorityLimits(Duration root, Duration intermediate, Duration leaf, Duration maxLeaf) {

    public AuthorityLimits {
        positive("root", root);
        positive("intermediate", intermediate);
        positive("leaf", leaf);
        if (leaf.compareTo(maxLeaf) > 0 || maxLeaf.compareTo(intermediate) > 0 || intermediate.compareTo(root) > 0) {
            throw new IllegalArgumentException("certificate lifetimes: workload " + leaf + ", at most " + maxLeaf + ", intermediate "
                    + intermediate + ", root " + root + " (expected: each at most the next)");
        }
    }

    private static void positive(String what, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("lifetime of " + what + " certificates: " + value + " (expected: at least 1s)");
        }
    }
}
