package flexo.app;

import flexo.config.FlexoConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * All threads of the application; their number does not depend on the number of clients.
 *
 * <p>The queues hold at most one task for each client, transfer or download that is running, and those are bounded by the
 * container's connections; so they have no bounds of their own, at which only something already accepted could be lost.
 */
final class Threads implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Threads.class.getName());
    /** Clients are written to without blocking; more threads than processors would not write more. */
    private static final int PUMPS = Math.max(2, Runtime.getRuntime().availableProcessors());
    /** A flush to a slow disk may take seconds, and another download's next step should not wait for it. */
    private static final int STORAGE = 8;
    /** More at once would be no faster on most disks, and leave too little of them to downloads. */
    private static final int READING = 3;
    /** Each may hang in a name server's time-out while other mirrors are to be asked. */
    private static final int CONNECTING = 16;

    /** Mirror tests wait for name servers too, and must not keep downloads from theirs. */
    private static final int TESTING = 16;

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LAST_STEPS = Duration.ofSeconds(5);

    /** All that may still be alive; a pool counts a thread as gone a moment before it is. */
    private final Set<Thread> started = ConcurrentHashMap.newKeySet();

    /** What has broken the virtual machine under us; null while nothing has. */
    private volatile Throwable fatal;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("timer")) {
        @Override
        protected void afterExecute(Runnable task, Throwable cause) {
            if (task instanceof Future<?> done && done.isDone() && !done.isCancelled()) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    met(e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    };
    private final ExecutorService pumps = pool("client", PUMPS);
    private final ExecutorService storage = pool("storage", STORAGE);
    private final ExecutorService reading = pool("reading", READING);
    private final ExecutorService databases;
    private final ExecutorService connecting = pool("connect", CONNECTING);

    private final ExecutorService testing = pool("test", TESTING);
    private final ExecutorService sweeping = pool("sweep", 1);

    /**
     * None has begun.
     *
     * @param databasesAtOnce how many databases are read at once
     */
    Threads(int databasesAtOnce) {
        databases = pool("database", databasesAtOnce);
        // Deadlines are cancelled far more often than reached.
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Calls at deadlines. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Writes to clients. */
    ExecutorService pumps() {
        return pumps;
    }

    /** Touches the disk between transfers. */
    ExecutorService storage() {
        return storage;
    }

    /** Reads cached files to their end, which may take seconds for each. */
    ExecutorService reading() {
        return reading;
    }

    /** Reads databases, which may take a second for each. */
    ExecutorService databases() {
        return databases;
    }

    /** Resolves names. */
    ExecutorService connecting() {
        return connecting;
    }

    /** Resolves names of mirrors that are tested. */
    ExecutorService testing() {
        return testing;
    }

    /** Keeps the cache, one thing at a time. */
    ExecutorService sweeping() {
        return sweeping;
    }

    /** Makes the threads of the client that talks to mirrors. */
    ThreadFactory reactor() {
        return named("mirrors");
    }

    /**
     * Runs housekeeping that is short but may block, again and again until all threads are ended.
     *
     * @param pause from one end to the next beginning; 0 for never
     * @return ends it
     */
    Runnable every(Duration pause, Runnable housekeeping) {
        if (pause.isZero()) {
            return () -> {};
        }
        ScheduledFuture<?> repeated = timer.scheduleWithFixedDelay(
                () -> connecting.execute(housekeeping), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
        return () -> repeated.cancel(false);
    }

    /**
     * Runs such housekeeping with a pause that is a setting.
     *
     * @param pause from one end to the next beginning; 0 for never
     */
    void every(Settings settings, Function<FlexoConfig, Duration> pause, Runnable housekeeping) {
        AtomicReference<Runnable> end = new AtomicReference<>(every(pause.apply(settings.current()), housekeeping));
        settings.whenChanged(pause, changed -> {
            end.get().run();
            end.set(every(changed, housekeeping));
        });
    }

    private ExecutorService pool(String name, int size) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Whoever started the process may want to end it: of what happens after a fatal error nothing is certain. */
    void met(Throwable cause) {
        boolean isFatal = cause instanceof VirtualMachineError;
        if (isFatal) {
            fatal = cause;
        }
        Thread thread = Thread.currentThread();
        try {
            LOG.log(Level.SEVERE, thread.getName() + " failed unexpectedly", cause);
        } finally {
            Thread.UncaughtExceptionHandler process = Thread.getDefaultUncaughtExceptionHandler();
            if (isFatal && process != null) {
                process.uncaughtException(thread, cause);
            }
        }
    }

    /** Why the application cannot be relied upon any more; empty while all is well. */
    Optional<String> fault() {
        return Optional.ofNullable(fatal)
                .map(cause -> "A thread has ended with " + cause + "; the application has to be started again.");
    }

    /** Threads that end with the process, work with the application's classes, and do not die silently. */
    private ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        ClassLoader application = Threads.class.getClassLoader();
        return task -> {
            Thread thread = new Thread(task, "flexo-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(application);
            thread.setUncaughtExceptionHandler((failed, cause) -> met(cause));
            started.removeIf(former -> former.getState() == Thread.State.TERMINATED);
            started.add(thread);
            return thread;
        };
    }

    /** Lets what was begun take its last steps, and ends all threads. They are not interrupted: they may hold files. */
    @Override
    public void close() {
        timer.shutdownNow();
        List<ExecutorService> inOrder = List.of(sweeping, testing, reading, databases, connecting, storage, pumps);
        try {
            for (ExecutorService pool : inOrder) {
                pool.shutdown();
                if (!pool.awaitTermination(LAST_STEPS.toSeconds(), TimeUnit.SECONDS)) {
                    LOG.warning("Some work was still going on when the application was stopped");
                }
            }
            for (Thread thread : started) {
                thread.join(LAST_STEPS.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
