package io.weft.sidecar.xds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A kind beyond Envoy's, in force as it comes, and all there is: one asks for everything, and a removed one goes. */
final class Extension {
    private final ResourceKind kind;
    private final Intake intake;
    private final ConfigTarget target;
    private final Map<String, Held<RawResource>> held = new LinkedHashMap<>();

    Extension(ResourceKind kind, Intake intake, ConfigTarget target) {
        this.kind = kind;
        this.intake = intake;
        this.target = target;
    }

    /** Takes a response; returns what is wrong with it. */
    List<String> accept(Update update) {
        List<String> problems = new ArrayList<>();
        Map<String, Held<RawResource>> good = intake.read(update, held.keySet(), raw -> Intake.extension(kind, raw), problems);
        Set<String> gone = new LinkedHashSet<>(update.removed());
        if (update.full()) {
            gone.addAll(held.keySet());
            update.resources().forEach(raw -> gone.remove(raw.name()));
        }
        gone.retainAll(held.keySet());
        gone.removeAll(good.keySet());
        List<RawResource> changed = new ArrayList<>(good.size());
        good.values().forEach(h -> {
            Held<RawResource> before = held.get(h.raw().name());
            if (before == null || !before.raw().body().equals(h.raw().body())) {
                changed.add(h.raw());
            }
        });
        if (!changed.isEmpty() || !gone.isEmpty()) {
            gone.forEach(held::remove);
            target.extension(kind, changed, gone).forEach(refused -> {
                problems.add(Nack.line(kind, refused));
                good.remove(refused.name());
            });
        }
        held.putAll(good);
        return problems;
    }

    List<RawResource> raws() {
        return Held.raws(held);
    }
}
