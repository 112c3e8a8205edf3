package flexo.download;

import static flexo.download.Responses.part;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;

import flexo.download.ScriptedMirrors.Asked;
import flexo.mirror.MirrorFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The mirrors of a {@link DownloadBench} at work: each sends a file at a speed of its own while the bench's time passes. */
final class RunningMirrors {
    private static final Duration STEP = Duration.ofMillis(10);

    private final DownloadBench bench;
    private final byte[] body;
    private final Map<String, Mirror> mirrors = new HashMap<>();
    private final Map<Asked, Running> running = new HashMap<>();
    /** What all may send together in a step. */
    private long lineBytes = Long.MAX_VALUE;
    /** The bytes that each mirror has sent. */
    final Map<String, Long> sent = new TreeMap<>();

    /** One mirror; all that is mutable may be changed while it runs. */
    static final class Mirror {
        long bytesPerSecond;
        byte[] body;
        /** The status of its answers; 0 for what is asked for. */
        int status;
        /** By how much it is wrong about the size of the file. */
        int sizeError;

        private Mirror(long bytesPerSecond, byte[] body) {
            this.bytesPerSecond = bytesPerSecond;
            this.body = body;
        }
    }

    private static final class Running {
        int at;
        int end;
        boolean answered;
    }

    RunningMirrors(DownloadBench bench, byte[] body, long bytesPerSecond) {
        this.bench = bench;
        this.body = body;
        IntStream.rangeClosed(1, 9).forEach(i -> mirrors.put("m" + i + ".example", new Mirror(bytesPerSecond, body)));
    }

    Mirror mirror(int number) {
        return mirrors.get("m" + number + ".example");
    }

    /** From now on all share a line. */
    void shareLine(long bytesPerSecond) {
        lineBytes = inAStep(bytesPerSecond);
    }

    private static long inAStep(long bytesPerSecond) {
        return bytesPerSecond * STEP.toMillis() / 1000;
    }

    /** All are as fast from now on. */
    void haveSpeed(long bytesPerSecond) {
        mirrors.values().forEach(mirror -> mirror.bytesPerSecond = bytesPerSecond);
    }

    /** Lets time pass. */
    void pass(Duration time) {
        for (long i = 0; i < time.toNanos() / STEP.toNanos(); i++) {
            step();
        }
    }

    /** Lets time pass until the file is cached; tells how long that took. */
    Duration untilCached() {
        for (int i = 0; i < 10_000; i++) {
            if (isCached()) {
                return STEP.multipliedBy(i);
            }
            step();
        }
        throw new AssertionError("not cached after all");
    }

    boolean isCached() {
        return bench.cached.containsKey(DownloadBench.PACKAGE);
    }

    private void step() {
        List<Asked> atWork =
                bench.client.asked().stream().filter(this::isAtWork).toList();
        for (Asked asked : atWork) {
            Mirror mirror = mirrors.get(asked.request().uri().getHost());
            long count = Math.min(inAStep(mirror.bytesPerSecond), lineBytes / atWork.size());
            if (count > 0) {
                send(asked, mirror, (int) count);
            }
            bench.settle();
        }
        bench.pass(STEP);
    }

    /** Whether a request is being answered. */
    boolean isRunning(Asked asked) {
        return isAtWork(asked);
    }

    /** A mirror closes the connections that it has. */
    void breakOff(int number) {
        bench.client.asked().stream()
                .filter(this::isAtWork)
                .filter(asked -> asked.request().uri().getHost().equals("m" + number + ".example"))
                .toList()
                .forEach(asked -> {
                    running.get(asked).end = running.get(asked).at;
                    running.get(asked).answered = true;
                    asked.fails(MirrorFailure.TRUNCATED);
                });
        bench.settle();
    }

    private boolean isAtWork(Asked asked) {
        Running now = running.computeIfAbsent(asked, any -> new Running());
        return !asked.isCancelled() && (!now.answered || now.at < now.end);
    }

    private void send(Asked asked, Mirror mirror, int count) {
        Running now = running.get(asked);
        if (!now.answered) {
            now.answered = true;
            now.at = (int) asked.fromByte();
            now.end = (int) Math.min(body.length, asked.request().untilByte());
            int size = body.length + mirror.sizeError;
            boolean taken = asked.responds(
                    mirror.status != 0
                            ? mirror.status == 200 ? whole(size) : status(mirror.status)
                            : asked.request().untilByte() < Long.MAX_VALUE
                                    ? part(now.at, now.end - 1, size)
                                    : now.at == 0 ? whole(size) : rest(now.at, size));
            if (!taken) {
                now.end = now.at;
                return;
            }
        }
        int to = Math.min(now.end, now.at + count);
        // As a socket has them.
        for (int from = now.at; from < to; from += 1 << 16) {
            if (!asked.isCancelled()) {
                asked.sends(Arrays.copyOfRange(mirror.body, from, Math.min(to, from + (1 << 16))));
            }
        }
        sent.merge(asked.request().uri().getHost(), (long) to - now.at, Long::sum);
        now.at = to;
        if (to == now.end && !asked.isCancelled()) {
            asked.ends();
        }
    }

    /** What all have sent together. */
    long sentBytes() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }
}
