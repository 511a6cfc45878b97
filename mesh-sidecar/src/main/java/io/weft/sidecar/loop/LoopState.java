package io.weft.sidecar.loop;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What one event loop owns: its timers, its list of channels to flush, its random numbers. Whoever holds a reference uses it on that
 * loop only.
 */
public final class LoopState implements Runnable {
    private static final ConcurrentHashMap<EventLoop, LoopState> ALL = new ConcurrentHashMap<>();

    private final EventLoop loop;
    private final TimerWheel timers;
    private final ArrayList<Flushable> dirty = new ArrayList<>();
    private boolean scheduled;
    private long random;

    private LoopState(EventLoop loop) {
        this.loop = loop;
        this.timers = new TimerWheel(loop);
        this.random = ThreadLocalRandom.current().nextLong() | 1;
        loop.terminationFuture().addListener(done -> ALL.remove(loop));
    }

    /** The state of {@code loop}; not for every request: keep the reference. */
    public static LoopState of(EventLoop loop) {
        LoopState state = ALL.get(loop);
        return state != null ? state : ALL.computeIfAbsent(loop, LoopState::new);
    }

    public EventLoop eventLoop() {
        return loop;
    }

    public TimerWheel timers() {
        return timers;
    }

    /**
     * {@code target} has written something: it is flushed once, after everything that is readable now was read. The owner keeps a flag so
     * that it is in the list at most once.
     */
    public void flushLater(Flushable target) {
        dirty.add(target);
        if (!scheduled) {
            scheduled = true;
            loop.execute(this);
        }
    }

    /** Flushes what asked for it. Called by the loop. */
    @Override
    public void run() {
        scheduled = false;
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flushNow();
        }
        dirty.clear();
    }

    /** xorshift64*: good enough to balance, cheap, and no shared state. */
    public int nextInt(int bound) {
        return (int) ((nextLong() >>> 33) % bound);
    }

    public long nextLong() {
        random ^= random >>> 12;
        random ^= random << 25;
        random ^= random >>> 27;
        return random * 0x2545F4914F6CDD1DL;
    }

    /** A connection with unflushed writes. */
    public interface Flushable {
        void flushNow();
    }
}
