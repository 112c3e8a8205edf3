package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Power cuts at any moment, under load: no client gets, and no name in the cache leads to, anything but the mirror's bytes. */
class KilledServerIT {
    private static final int KILLS = 10 * Integer.getInteger("flexo.test.effort", 1);
    private static final int CLIENTS = 6;
    private static final int PACKAGES_OF_A_LIFE = 24;
    private static final int MAX_PACKAGE_BYTES = 1_500_000;
    private static final String REPOSITORY = "/extra/os/x86_64/";
    private static final String DATABASE = REPOSITORY + "extra.db";

    /** What the mirror has: files that never change, and the states of the database, the oldest first. */
    private final Map<String, FileContent> packages = new ConcurrentHashMap<>();

    private final List<FileContent> states = new CopyOnWriteArrayList<>();
    private final RepositoryDatabaseFile listed = new RepositoryDatabaseFile();

    /** The newest state that some client has had whole. */
    private final AtomicInteger newestServed = new AtomicInteger();

    private final AtomicInteger answers = new AtomicInteger();
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private volatile int life;

    @ScratchFolder
    Path folder;

    @Test
    void noKillMakesAWrongAnswerOrAWrongFile() throws Exception {
        Random moments = new Random(1);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), List.of(URI.create(mirror.url())))
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .with("FLEXO_CACHE_SIZE_LIMIT", "50 MB")) {
            // Slow enough for some downloads to run whenever it is killed.
            mirror.faultEverywhere(new Fault().rate(4_000_000));
            publish(mirror);
            for (int client = 0; client < CLIENTS; client++) {
                Random choices = new Random(client);
                clients.execute(() -> ask(flexo.url().getPort(), choices));
            }
            for (int kill = 1; kill <= KILLS; kill++) {
                flexo.launch();
                if (moments.nextInt(4) > 0) {
                    awaitAnswer();
                }
                TimeUnit.MILLISECONDS.sleep(moments.nextInt(1000));
                flexo.kill();

                assertThat(complaints).as("after %d kills", kill).isEmpty();
                assertFilesAreRight(flexo.cache());
                life = kill;
                publish(mirror);
            }

            flexo.launch();
            awaitAnswer();
            over = true;
            clients.shutdown();
            assertThat(clients.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            for (String path : paths(life)) {
                get(flexo.url().getPort(), path);
            }
            assertThat(complaints).isEmpty();
            flexo.stop();
            assertFilesAreRight(flexo.cache());
        } finally {
            over = true;
            clients.shutdownNow();
        }
    }

    /** New packages for a life, and a database that lists half of them too. */
    private void publish(ScriptedMirror mirror) {
        List<String> paths = paths(life);
        for (int i = 0; i < paths.size(); i++) {
            long seed = paths.get(i).hashCode();
            FileContent file = FileContent.seeded(seed, 1 + new Random(seed).nextInt(MAX_PACKAGE_BYTES));
            packages.put(paths.get(i), file);
            mirror.file(paths.get(i), file);
            if (i % 2 == 0) {
                listed.list(paths.get(i), file);
            }
        }
        FileContent state = listed.content();
        states.add(state);
        mirror.file(DATABASE, state, ScriptedMirror.LAST_MODIFIED.plusSeconds(states.size()));
    }

    private static List<String> paths(int life) {
        return IntStream.range(0, PACKAGES_OF_A_LIFE)
                .mapToObj(number -> REPOSITORY + "p" + life + "x" + number + "-1-1-any.pkg.tar.zst")
                .toList();
    }

    /** One client: mostly what is new, now and then what it has had, or the database. */
    private void ask(int port, Random choices) {
        while (!over) {
            int choice = choices.nextInt(10);
            List<String> paths = paths(choice < 7 ? life : choices.nextInt(life + 1));
            String path = choice == 9 ? DATABASE : paths.get(choices.nextInt(paths.size()));
            try {
                get(port, path);
                answers.incrementAndGet();
            } catch (IOException killedOrNotThereYet) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        }
    }

    private void get(int port, String path) throws IOException {
        int known = newestServed.get();
        RawResponse answer;
        try (RawClient client = new RawClient(port)) {
            answer = client.get(path);
        }
        if (answer.status() != 200) {
            complaints.add(path + ": " + answer + " " + answer.text());
        } else if (path.equals(DATABASE)) {
            int state = stateOf(answer.body());
            if (state < known) {
                complaints.add(
                        "state " + state + " of the database (-1: none of them), after a client had had " + known);
            }
            newestServed.accumulateAndGet(state, Math::max);
        } else if (!Arrays.equals(answer.body(), packages.get(path).bytes())) {
            complaints.add(path + ": wrong bytes");
        }
    }

    private int stateOf(byte[] database) {
        for (int state = states.size() - 1; state >= 0; state--) {
            if (Arrays.equals(database, states.get(state).bytes())) {
                return state;
            }
        }
        return -1;
    }

    private void awaitAnswer() {
        int before = answers.get();
        Awaitility.await("an answer")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> answers.get() > before || !complaints.isEmpty());
    }

    private void assertFilesAreRight(Path cache) throws IOException {
        Path repository = Files.createDirectories(cache.resolve(REPOSITORY.substring(1)));
        try (Stream<Path> files = Files.list(repository)) {
            for (Path file : files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String path = REPOSITORY + file.getFileName();
                if (path.equals(DATABASE)) {
                    assertThat(stateOf(bytes)).as(path).isGreaterThanOrEqualTo(newestServed.get());
                } else {
                    assertThat(Arrays.equals(bytes, packages.get(path).bytes()))
                            .as(path)
                            .isTrue();
                }
            }
        }
    }
}
