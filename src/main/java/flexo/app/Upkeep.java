package flexo.app;

import flexo.config.FlexoConfig;
import flexo.retention.DiskSpace;
import flexo.retention.HitsLog;
import flexo.retention.LastUses;
import flexo.retention.RetentionSweep;
import flexo.retention.Scrub;
import flexo.retention.ScrubView;
import flexo.retention.Sweeps;
import flexo.retention.Takeover;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The background upkeep of the cache. */
final class Upkeep implements AutoCloseable {
    /** The longest delay until hits of a web server that serves the cache directory are counted. */
    private static final Duration READ_HITS = Duration.ofMinutes(1);

    private final StoredFiles files;
    private final Threads threads;
    private final LastUses uses;
    private final Sweeps sweeps;
    private final HitsLog hits;
    /** Empty if it is disabled. */
    private Optional<Scrub> scrub = Optional.empty();

    private boolean closed;

    Upkeep(Settings settings, StoredFiles files, Threads threads) {
        this.files = files;
        this.threads = threads;
        uses = new LastUses(files.notes(), InstantSource.system(), System::nanoTime);
        hits = new HitsLog(
                settings.supplier(config -> config.access().webServer().hitsLog()), uses, Instant.now());
        sweeps = new Sweeps(
                new RetentionSweep(
                        files.directory(),
                        files.cache(),
                        settings.current().retention(),
                        uses,
                        files.open(),
                        path -> files.packages().file(path).isPresent(),
                        DiskSpace.of(files.directory())),
                uses,
                new Takeover(files.directory(), files.notes(), uses),
                threads.timer(),
                threads.sweeping());
    }

    /** The last uses of files. */
    LastUses uses() {
        return uses;
    }

    /** The sweeps. */
    Sweeps sweeps() {
        return sweeps;
    }

    /** The files that a web server has served directly from the cache directory. */
    HitsLog hits() {
        return hits;
    }

    /** The progress of the scrub; empty if it is disabled, or has not begun. */
    synchronized Optional<ScrubView> scrubbed() {
        return scrub.flatMap(Scrub::view);
    }

    /** Begins. */
    void start(Settings settings) {
        sweeps.start();
        var unused = threads.every(READ_HITS, () -> threads.sweeping().execute(hits::read));
        scrub(settings.current().scrubBytesPerSecond());
        settings.whenChanged(FlexoConfig::retention, sweeps::use);
        settings.whenChanged(FlexoConfig::scrubBytesPerSecond, this::scrub);
    }

    /** Resumes the scrub at this rate; 0 disables it. */
    private synchronized void scrub(long bytesPerSecond) {
        scrub.ifPresent(Scrub::close);
        scrub = Optional.of(bytesPerSecond)
                .filter(speed -> speed > 0 && !closed)
                .map(speed -> new Scrub(
                        files.notes(),
                        files.cache(),
                        files.packages(),
                        files.verified(),
                        files.wrong(),
                        speed,
                        threads.timer(),
                        threads.storage(),
                        InstantSource.system()));
        scrub.ifPresent(Scrub::start);
    }

    /** Stops the scrub and the log reader; sweeps are stopped later, by their owner. */
    @Override
    public synchronized void close() {
        closed = true;
        scrub.ifPresent(Scrub::close);
    }
}
