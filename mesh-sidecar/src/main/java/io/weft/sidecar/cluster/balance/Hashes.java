package io.weft.sidecar.cluster.balance;

/** FNV-1a with a final avalanche: stable over processes, good enough to spread. */
public final class Hashes {
    private Hashes() {}

    public static long of(CharSequence text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** Never 0, which means "no hash". */
    public static long combine(long a, long b) {
        return mix(Long.rotateLeft(a, 1) ^ b);
    }

    private static long mix(long hash) {
        long mixed = hash;
        mixed ^= mixed >>> 33;
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        mixed *= 0xc4ceb9fe1a85ec53L;
        mixed ^= mixed >>> 33;
        return mixed == 0 ? 1 : mixed;
    }
}
