package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    private final Threads threads = new Threads(1);

    @AfterEach
    void end() {
        threads.close();
    }

    @Test
    void everyThreadIsNamedForWhatItDoesAndEndsWithTheProcess() throws InterruptedException, ExecutionException {
        assertThat(oneOfEach().keySet())
                .containsExactly(
                        "flexo-timer-1",
                        "flexo-client-1",
                        "flexo-storage-1",
                        "flexo-reading-1",
                        "flexo-connect-1",
                        "flexo-test-1",
                        "flexo-mirrors-1");
        assertThat(oneOfEach().values()).allMatch(Thread::isDaemon);
    }

    @Test
    void threadsWorkWithTheApplicationsClasses() throws InterruptedException, ExecutionException {
        assertThat(oneOfEach().values())
                .allMatch(thread -> thread.getContextClassLoader() == Threads.class.getClassLoader());
    }

    @Test
    void outOfMemoryIsToldWhereverItWasMet() {
        assertThat(threads.fault()).isEmpty();
        threads.pumps().execute(() -> {
            throw new IllegalStateException("a mistake in one task");
        });
        var unused = threads.timer().schedule(ThreadsTest::runOutOfMemory, 0, TimeUnit.MILLISECONDS);

        await().dontCatchUncaughtExceptions()
                .untilAsserted(() -> assertThat(threads.fault())
                        .hasValueSatisfying(text -> assertThat(text).contains("java.lang.OutOfMemoryError")));
    }

    private static void runOutOfMemory() {
        throw new OutOfMemoryError("of a test");
    }

    @Test
    void whoeverStartedTheProcessIsToldToo() {
        List<Throwable> told = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, cause) -> told.add(cause));
        try {
            threads.storage().execute(ThreadsTest::runOutOfMemory);

            await().dontCatchUncaughtExceptions()
                    .untilAsserted(() -> assertThat(told)
                            .hasOnlyElementsOfType(OutOfMemoryError.class)
                            .hasSize(1));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(former);
        }
    }

    @Test
    void closeEndsAllThreads() throws InterruptedException, ExecutionException {
        Map<String, Thread> before = oneOfEach();
        before.remove("flexo-mirrors-1");

        threads.close();

        assertThat(before.values()).noneMatch(Thread::isAlive);
        assertThat(executors()).allMatch(ExecutorService::isTerminated);
    }

    @Test
    void closeTwiceIsOnce() throws InterruptedException, ExecutionException {
        Map<String, Thread> before = oneOfEach();

        threads.close();
        threads.close();

        assertThat(before).isNotEmpty();
        assertThat(executors()).allMatch(ExecutorService::isTerminated);
    }

    @Test
    void whatWasBegunIsNotInterrupted() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean finished = new AtomicBoolean();
        threads.storage().execute(() -> {
            begun.countDown();
            awaitUninterrupted(goOn);
            finished.set(true);
        });
        begun.await();
        Thread closing = new Thread(threads::close, "closing");
        closing.start();
        await().until(() -> threads.storage().isShutdown());

        goOn.countDown();
        closing.join();

        assertThat(finished).isTrue();
    }

    /** The end of a transfer is a step of its download, which wakes its clients. */
    @Test
    void lastStepsMayStillBeHandedOn() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> steps = new ArrayList<>();
        threads.connecting().execute(() -> {
            begun.countDown();
            awaitUninterrupted(goOn);
            steps.add("transfer");
            threads.storage().execute(() -> {
                steps.add("download");
                threads.pumps().execute(() -> steps.add("client"));
            });
        });
        begun.await();
        Thread closing = new Thread(threads::close, "closing");
        closing.start();
        await().until(() -> threads.connecting().isShutdown());

        goOn.countDown();
        closing.join();

        assertThat(steps).containsExactly("transfer", "download", "client");
    }

    @Test
    void noMoreThanThreeFilesAreReadAtOnceAndTheStepsOfDownloadsGoOnMeanwhile()
            throws InterruptedException, ExecutionException {
        CountDownLatch goOn = new CountDownLatch(1);
        List<Future<String>> readings = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            readings.add(threads.reading().submit(() -> {
                awaitUninterrupted(goOn);
                return Thread.currentThread().getName();
            }));
        }

        assertThat(threads.storage().submit(() -> "a step").get()).isEqualTo("a step");

        goOn.countDown();
        Set<String> readers = new HashSet<>();
        for (Future<String> reading : readings) {
            readers.add(reading.get());
        }
        assertThat(readers).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void deadlinesThatHaveNotComeAreForgotten() {
        ScheduledFuture<?> deadline = threads.timer().schedule(() -> {}, 1, TimeUnit.HOURS);

        threads.close();

        assertThat(threads.timer().isTerminated()).isTrue();
        assertThat(deadline.isDone()).isFalse();
    }

    @Test
    void taskThatFailsLeavesItsExecutorAtWork() throws InterruptedException, ExecutionException {
        threads.pumps().execute(() -> {
            throw new IllegalStateException("thrown by a test, to be logged");
        });

        assertThat(threads.pumps().submit(() -> "at work").get()).isEqualTo("at work");
    }

    private List<ExecutorService> executors() {
        return List.of(
                threads.timer(),
                threads.pumps(),
                threads.storage(),
                threads.reading(),
                threads.connecting(),
                threads.testing());
    }

    private Map<String, Thread> oneOfEach() throws InterruptedException, ExecutionException {
        Map<String, Thread> each = new LinkedHashMap<>();
        for (ExecutorService executor : executors()) {
            Future<Thread> thread = executor.submit(Thread::currentThread);
            each.put(thread.get().getName().replaceFirst("\\d+$", "1"), thread.get());
        }
        Thread mirrors = threads.reactor().newThread(() -> {});
        each.put(mirrors.getName(), mirrors);
        return each;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
