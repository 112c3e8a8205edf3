package flexo.download;

import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.mirror.MirrorFailure;
import flexo.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever mirrors, clients, threads and time do in whatever order: a client gets exactly the file or an error, is woken
 * whenever it waits for something that came, and nothing is left behind.
 */
class AnyOrderTest {
    private static final byte[] FILE = body(500);
    private static final byte[] DATABASE = database("1");
    /** One that no rule tells to be wrong. */
    private static final byte[] SIGNATURE = body(100);

    private static final int MIRRORS = 4;

    private DownloadBench bench;
    private RepositoryPath path;
    private byte[] body;
    private final List<Reading> clients = new ArrayList<>();
    private final Map<ScriptedMirrors.Asked, Playing> played = new HashMap<>();

    /** A client that reads only when it was woken, and so hangs if it was not. */
    private static final class Reading {
        private final TestClient client;
        private boolean begun;
        private int wakeUpsSeen;
        private boolean left;

        Reading(TestClient client) {
            this.client = client;
        }

        boolean mayRead() {
            return !left && client.isAnswered() && (!begun || client.wakeUps() > wakeUpsSeen);
        }

        void readIfWoken() {
            if (!mayRead() || isRefused()) {
                return;
            }
            begun = true;
            wakeUpsSeen = client.wakeUps();
            client.reads();
        }

        boolean isRefused() {
            return client.isRefused();
        }

        void leave() {
            if (!left && client.isAnswered() && !isRefused()) {
                client.leaves();
                left = true;
            }
        }
    }

    /** How far a mirror is with its answer. */
    private static final class Playing {
        private boolean responded;
        private boolean over;
        private int next;
    }

    @Test
    void clientsGetExactlyTheFileOrAnErrorAndNothingIsLeft(@TempDir Path folder) {
        Seeds.upTo(1500, random -> {
            clients.clear();
            played.clear();
            bench = new DownloadBench(Files.createTempDirectory(folder, "cache"), MIRRORS);
            boolean database = random.nextBoolean();
            path = database ? DownloadBench.DATABASE : DownloadBench.PACKAGE;
            body = database ? DATABASE : FILE;
            clients.add(new Reading(bench.getUnsettled(path)));

            random.ints(random.nextInt(81), 0, 100_000).forEach(this::happen);
            runOut();

            assertAllIsWell(database);
        });
    }

    private void assertAllIsWell(boolean database) throws IOException {
        for (Reading reading : clients) {
            if (reading.left) {
                continue;
            }
            assertThat(reading.client.isAnswered()).isTrue();
            if (reading.isRefused()) {
                continue;
            }
            assertThat(reading.client.isCut() || reading.client.hasAll())
                    .as("the client is neither cut nor has it all")
                    .isTrue();
            byte[] received = reading.client.received();
            assertThat(received).isEqualTo(slice(body, 0, received.length));
        }
        clients.forEach(Reading::leave);
        bench.assertNothingIsLeft();
        if (Files.exists(bench.target(path))) {
            assertThat(bench.target(path)).hasBinaryContent(body);
        }
        assertThat(bench.part(path))
                .satisfies(part -> assertThat(database && Files.exists(part))
                        .as("part file of a database")
                        .isFalse());
    }

    private void happen(int number) {
        int which = number / 10;
        switch (number % 10) {
            case 0 -> clients.add(new Reading(bench.getUnsettled(path)));
            case 1 -> clients.get(which % clients.size()).leave();
            case 2 -> clients.get(which % clients.size()).readIfWoken();
            case 3 -> bench.pass(Duration.ofMillis(which % 3000));
            case 4 -> bench.timer.pass(Duration.ofMillis(which % 3000), () -> {});
            case 5 -> {
                if (!bench.storage.runOne()) {
                    bench.settle();
                }
            }
            case 6 -> bench.settle();
            default -> play(which);
        }
    }

    private void play(int number) {
        if (bench.askedCount() == 0) {
            bench.settle();
            return;
        }
        int back = number % 5 == 0 ? number / 5 % bench.askedCount() : 0;
        ScriptedMirrors.Asked asked = bench.client.asked().get(bench.askedCount() - 1 - back);
        Playing playing = played.computeIfAbsent(asked, key -> new Playing());
        if (playing.over) {
            return;
        }
        if (number % 13 == 0) {
            playing.over = true;
            if (playing.responded || number % 2 == 0) {
                asked.fails(MirrorFailure.TRUNCATED);
            } else {
                asked.findsItsConnectionStale();
            }
        } else if (!playing.responded) {
            playing.responded = true;
            MirrorResponse answer = answer(number, asked.request());
            playing.next = answer.status() == 206 ? (int) asked.fromByte() : 0;
            playing.over = !asked.responds(answer);
        } else {
            send(asked, isSignature(asked.request()) ? SIGNATURE : body, playing, 1 + number % 200);
        }
    }

    private MirrorResponse answer(int number, MirrorRequest request) {
        if (isSignature(request)) {
            return number % 2 == 0 ? Responses.status(404) : Responses.whole(SIGNATURE.length);
        }
        if (number % 11 == 0) {
            return Responses.status(404);
        }
        if (request.ifChanged().isPresent() && number % 3 == 0) {
            return Responses.status(304);
        }
        if (number % 7 == 0 || request.fromByte() == 0) {
            return Responses.whole(body.length);
        }
        return Responses.rest(request.fromByte(), body.length);
    }

    private static boolean isSignature(MirrorRequest request) {
        return request.uri().getPath().endsWith(".sig");
    }

    private static void send(ScriptedMirrors.Asked asked, byte[] body, Playing playing, int count) {
        int to = Math.min(body.length, playing.next + count);
        asked.sends(slice(body, playing.next, to));
        playing.next = to;
        if (to == body.length) {
            playing.over = true;
            asked.ends();
        }
    }

    /** Lets every deadline pass, and every client do what it was woken for. */
    private void runOut() {
        bench.settle();
        bench.pass(Duration.ofMinutes(5));
        while (clients.stream().anyMatch(reading -> reading.mayRead() && !reading.isRefused())) {
            clients.forEach(Reading::readIfWoken);
        }
    }
}
