package io.weft.ca.authority;

import java.util.Optional;

/**
 * Where an authority's root and intermediate are kept. What is read is not checked here: that is the authority's. All methods throw
 * {@link AuthorityException} when the place cannot be used; its message names the place.
 */
public interface AuthorityStore extends AutoCloseable {

    /** What is kept; empty before the first start. */
    Optional<KeptAuthority> load();

    /**
     * Keeps a new authority, unless there is one by now.
     *
     * @return what is kept after that, this one or the other
     */
    KeptAuthority create(KeptAuthority made);

    /**
     * Replaces the intermediate, unless somebody has done so since {@code before} was read.
     *
     * @return what is kept after that, {@code next} or somebody else's
     */
    KeptAuthority renew(KeptAuthority before, KeptAuthority next);

    /** Whether other processes use it at the same time: then what is kept may change, and somebody may delete it. */
    boolean shared();

    /** A part's name in messages. */
    String place(Part part);

    /** Lets go of the place. */
    @Override
    void close();

    /** What is kept. */
    enum Part {
        ROOT_CERTIFICATE,
        ROOT_KEY,
        INTERMEDIATE_CERTIFICATE,
        INTERMEDIATE_KEY
    }
}
