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

/** What keeps the cache in the background. */
final class Upkeep implements AutoCloseable {
    /** A sweep is at most so far behind a web server that serves from the cache directory. */
    private static final Duration READ_HITS = Duration.ofMinutes(1);

    private final StoredFiles files;
    private final Threads threads;
    private final LastUses uses;
    private final Sweeps sweeps;
    private final HitsLog hits;
    /** Empty if it is switched off. */
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

    /** When each file was used. */
    LastUses uses() {
        return uses;
    }

    /** Removes what is not to be kept. */
    Sweeps sweeps() {
        return sweeps;
    }

    /** What a web server has served straight from the cache directory. */
    HitsLog hits() {
        return hits;
    }

    /** How far the check of cached packages is; empty if it is switched off, or has not begun. */
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

    /** Reads cached packages at this speed, from where it was; 0 for not at all. */
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

    /** Ends what reads; sweeps are ended by themselves, later. */
    @Override
    public synchronized void close() {
        closed = true;
        scrub.ifPresent(Scrub::close);
    }
}
