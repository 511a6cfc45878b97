package io.weft.sidecar.xds;

import java.util.Collection;
import java.util.List;

/** Puts resources of one kind in force: one of {@link ConfigTarget}'s methods. */
interface Apply<T> {

    /** @return what was not taken */
    List<ConfigTarget.Refused> apply(Collection<T> changed, Collection<String> removed);
}
