package io.weft.sidecar.layer;

/** Envoy's response flags. */
public enum ResponseFlag {
    NONE("-"),
    NR("NR"),
    NC("NC"),
    UH("UH"),
    UF("UF"),
    UO("UO"),
    UC("UC"),
    UR("UR"),
    UT("UT"),
    UPE("UPE"),
    URX("URX"),
    UMSDR("UMSDR"),
    DC("DC"),
    DPE("DPE"),
    SI("SI"),
    DT("DT"),
    DI("DI"),
    FI("FI"),
    UAEX("UAEX"),
    RL("RL"),
    LH("LH"),
    LR("LR");

    private final String text;

    ResponseFlag(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
