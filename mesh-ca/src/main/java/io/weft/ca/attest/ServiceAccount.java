package io.weft.ca.attest;

import io.weft.ca.authority.SpiffeId;

/** A service account by the name that Kubernetes gives its user: {@code system:serviceaccount:<namespace>:<name>}. */
public record ServiceAccount(String namespace, String name) {

    private static final String PREFIX = "system:serviceaccount:";

    /**
     * Reads that form and no other.
     *
     * @param what names the input in the refusal
     */
    public static ServiceAccount parse(String what, String user) throws RefusedException {
        String[] parts = user.startsWith(PREFIX) ? user.substring(PREFIX.length()).split(":", -1) : new String[0];
        if (parts.length != 2) {
            throw Bearer.refused(what + " is not a service account (expected: " + PREFIX + "<namespace>:<name>)");
        }
        return new ServiceAccount(parts[0], parts[1]);
    }

    /** Its identity in the mesh. */
    public SpiffeId id(String trustDomain) throws RefusedException {
        try {
            return new SpiffeId(trustDomain, namespace, name);
        } catch (IllegalArgumentException e) {
            throw Bearer.refused(e.getMessage());
        }
    }
}
