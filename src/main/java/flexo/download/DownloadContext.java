package flexo.download;

import flexo.cache.PackageCache;
import flexo.mirror.MirrorSelector;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * What every download works with.
 *
 * @param cache where files end up
 * @param mirrors says which mirror comes next
 * @param client asks it
 * @param deadlines how long it may take
 * @param lowSpeed how slow it may be
 * @param timer calls at deadlines; its tasks are short
 * @param storage runs what touches the disk between transfers; tasks may take as long as a flush takes
 * @param connecting runs what may wait for the resolution of a name
 * @param nanoTime the passing of time, as {@link System#nanoTime}
 * @param wallClock the time of day
 */
public record DownloadContext(
        PackageCache cache,
        MirrorSelector mirrors,
        MirrorClient client,
        Deadlines deadlines,
        LowSpeedLimit lowSpeed,
        ScheduledExecutorService timer,
        Executor storage,
        Executor connecting,
        LongSupplier nanoTime,
        InstantSource wallClock) {}
