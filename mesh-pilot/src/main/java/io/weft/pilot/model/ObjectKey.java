package io.weft.pilot.model;

/** What names one object in the mesh. */
public record ObjectKey(Kind kind, String namespace, String name) {

    @Override
    public String toString() {
        return kind.kindName() + " " + namespace + "/" + name;
    }
}
