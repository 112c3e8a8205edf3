package flexo.mirror;

import flexo.mirror.ProbeResult.Answered;
import flexo.mirror.ProbeResult.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Mirrors that answer in a time of their own making: nothing happens until {@link #runAll()} plays it through. */
final class FakeMirrors implements MirrorProbe {

    private record Event(long atMillis, long sequence, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::sequence));
    private final Map<Mirror, Deque<Script>> scripts = new HashMap<>();
    private final List<Mirror> asked = new ArrayList<>();
    private long nowMillis;
    private long sequence;
    private int running;
    private int mostRunning;

    private record Script(long millis, int status, boolean cloudflare, Instant lastModified) {}

    /** Adds an answer; the last one is given for ever. */
    FakeMirrors answer(Mirror mirror, long millis, int status, boolean cloudflare, Instant lastModified) {
        scripts.computeIfAbsent(mirror, any -> new ArrayDeque<>())
                .add(new Script(millis, status, cloudflare, lastModified));
        return this;
    }

    FakeMirrors good(Mirror mirror, long... millis) {
        for (long each : millis) {
            answer(mirror, each, 200, false, null);
        }
        return this;
    }

    /** Adds a silence that lasts until the timeout. */
    FakeMirrors silent(Mirror mirror) {
        return answer(mirror, Long.MAX_VALUE, 0, false, null);
    }

    @Override
    public CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout) {
        asked.add(mirror);
        mostRunning = Math.max(mostRunning, ++running);
        Deque<Script> script = scripts.get(mirror);
        Script next = script.size() > 1 ? script.remove() : script.element();
        CompletableFuture<ProbeResult> answer = new CompletableFuture<>();
        long takes = Math.min(next.millis(), timeout.toMillis());
        events.add(new Event(nowMillis + takes, sequence++, () -> {
            running--;
            answer.complete(
                    next.millis() > timeout.toMillis()
                            ? new Unanswered("no answer in time")
                            : new Answered(
                                    next.status(),
                                    Duration.ofMillis(next.millis()),
                                    next.cloudflare(),
                                    next.lastModified()));
        }));
        return answer;
    }

    /** Plays until nothing is left to happen; tells the time that took. */
    Duration runAll() {
        while (!events.isEmpty()) {
            Event event = events.remove();
            nowMillis = event.atMillis();
            event.action().run();
        }
        return Duration.ofMillis(nowMillis);
    }

    List<Mirror> asked() {
        return asked;
    }

    int mostRunning() {
        return mostRunning;
    }
}
