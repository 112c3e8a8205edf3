package flexo.download;

import flexo.cache.PackageCache;
import flexo.log.RepeatedLines;
import flexo.mirror.MirrorSelector;
import flexo.mirror.PeerRates;
import flexo.mirror.SlownessPolicy;
import flexo.repository.DatabaseReading;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The dependencies shared by all downloads.
 *
 * @param cache where files end up
 * @param disk whether it takes them
 * @param mirrors says which mirror comes next
 * @param client asks it
 * @param deadlines how long it may take
 * @param lowSpeed how slow it may be, absolutely; asked for when a transfer begins
 * @param slowness how slow it may be compared with others
 * @param mirrorsPerFile how many mirrors one large file may come from at once
 * @param peers what other mirrors have been giving
 * @param running the transfers that are running
 * @param admission how many downloads may be on their way
 * @param lines tells what mirrors do wrong
 * @param timer calls at deadlines; its tasks are short
 * @param storage runs what touches the disk between transfers; tasks may take as long as a flush takes
 * @param reading reads cached files to their end, a few at once: it keeps nothing else from running
 * @param databases proves databases, a few at once: none waits for anything else
 * @param databaseReading reads it
 * @param connecting runs what may wait for the resolution of a name
 * @param nanoTime the passing of time, as {@link System#nanoTime}
 * @param wallClock the time of day
 */
public record DownloadContext(
        PackageCache cache,
        CacheDisk disk,
        MirrorSelector mirrors,
        MirrorClient client,
        Deadlines deadlines,
        Supplier<LowSpeedLimit> lowSpeed,
        SlownessPolicy slowness,
        IntSupplier mirrorsPerFile,
        PeerRates peers,
        RunningTransfers running,
        Admission admission,
        RepeatedLines lines,
        ScheduledExecutorService timer,
        Executor storage,
        Executor reading,
        Executor databases,
        DatabaseReading databaseReading,
        Executor connecting,
        LongSupplier nanoTime,
        InstantSource wallClock) {}
