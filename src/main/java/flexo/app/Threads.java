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
 * <p>The queues contain at most one task per client, transfer or download, whose numbers are limited by the container's
 * connections; so they need no limit of their own, which would only drop accepted work.
 */
final class Threads implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Threads.class.getName());
    /** Clients are written to without blocking; more threads than processors would not write more. */
    private static final int PUMPS = Math.max(2, Runtime.getRuntime().availableProcessors());
    /** A flush to a slow disk may take seconds, and must not delay the next step of another download. */
    private static final int STORAGE = 8;
    /** More would be no faster on most disks, and leave too little bandwidth for downloads. */
    private static final int READING = 3;
    /** Each may block in a name server's timeout while other mirrors have to be asked. */
    private static final int CONNECTING = 16;

    /** Mirror tests wait for name servers, too, and must not delay downloads. */
    private static final int TESTING = 16;

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LAST_STEPS = Duration.ofSeconds(5);

    /** All threads that may still be alive; a pool counts a thread as gone a moment before it is. */
    private final Set<Thread> started = ConcurrentHashMap.newKeySet();

    /** The error that broke the virtual machine; null if there is none. */
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
     * Starts no thread yet.
     *
     * @param databasesAtOnce the number of databases read at once
     */
    Threads(int databasesAtOnce) {
        databases = pool("database", databasesAtOnce);
        // Deadlines are cancelled far more often than reached.
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Fires at deadlines. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Writes to clients. */
    ExecutorService pumps() {
        return pumps;
    }

    /** Accesses the disk between transfers. */
    ExecutorService storage() {
        return storage;
    }

    /** Reads whole cached files, which may take seconds each. */
    ExecutorService reading() {
        return reading;
    }

    /** Reads databases, which may take a second each. */
    ExecutorService databases() {
        return databases;
    }

    /** Resolves names. */
    ExecutorService connecting() {
        return connecting;
    }

    /** Resolves the names of mirrors under test. */
    ExecutorService testing() {
        return testing;
    }

    /** Runs sweeps, one task at a time. */
    ExecutorService sweeping() {
        return sweeping;
    }

    /** Creates the threads of the HTTP client. */
    ThreadFactory reactor() {
        return named("mirrors");
    }

    /**
     * Repeats short but possibly blocking housekeeping until all threads are stopped.
     *
     * @param pause the delay between runs; 0 for never
     * @return cancels it
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
     * Repeats housekeeping with a delay from the settings.
     *
     * @param pause the delay between runs; 0 for never
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

    /** The process may have to be restarted: after a fatal error its state is undefined. */
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

    /** The reason why the application is unreliable; empty while there is none. */
    Optional<String> fault() {
        return Optional.ofNullable(fatal)
                .map(cause -> "A thread has ended with " + cause + "; the application has to be started again.");
    }

    /** Daemon threads with the application's class loader, which log uncaught errors. */
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

    /** Lets started work finish, and ends all threads. They are not interrupted, since they may hold files. */
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
