package flexo.download;

import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.MAX_STALE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.signature;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.status;
import static flexo.download.TestClient.assertGets;
import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.Validators;
import flexo.download.Opened.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file without a version in its name may change, so that mirrors are asked whether it has. */
class ChangingFileTest {
    private static final RepositoryPath IMAGE = path("iso/latest/archlinux-x86_64.iso");
    private static final RepositoryPath KEYRING = path("custom_repo/chaotic/chaotic-keyring.pkg.tar.zst");
    private static final byte[] FIRST = body(1000);
    private static final byte[] SECOND = slice(body(1200), 1, 1200);
    private static final Instant LATER = MODIFIED.plusSeconds(60);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private static DownloadBench holding(DownloadBench bench, RepositoryPath path, byte[] bytes) throws IOException {
        Files.createDirectories(bench.target(path).getParent());
        Files.write(bench.target(path), bytes);
        Files.setLastModifiedTime(bench.target(path), FileTime.from(MODIFIED));
        return bench;
    }

    private static MirrorResponse whole(byte[] bytes, Instant time) {
        return modified(Responses.whole(bytes.length), Optional.of(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iso/latest/archlinux-x86_64.iso",
                "iso/latest/archlinux-x86_64.iso.sig",
                "iso/latest/arch/boot/x86_64/vmlinuz-linux",
                "chaotic-aur/chaotic-keyring.pkg.tar.zst",
                "any/unknown.name"
            })
    void fileOfAnEarlierRunIsCheckedAndThenAHitForAWhile(String name) throws IOException {
        byte[] bytes = name.endsWith(".sig") ? signature(FIRST, 90) : FIRST;
        DownloadBench bench = holding(bench(1), path(name), bytes);

        TestClient client = bench.get(path(name));
        assertThat(bench.asked(1).request().ifChanged()).contains(new Validators(Optional.of(MODIFIED), ""));
        bench.lastAskedHasNothingNew();

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, bytes);
        assertThat(bench.get(path(name)).opened().origin()).isEqualTo(Origin.HIT);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.pass(CHECK_INTERVAL);
        bench.get(path(name));
        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void changedFileTakesThePlaceOfTheFormerWhichItsReadersReadOn() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);
        TestClient reader = bench.get(IMAGE);
        bench.lastAskedHasNothingNew();
        bench.pass(CHECK_INTERVAL);

        TestClient client = bench.get(IMAGE);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);

        assertGets(client, SECOND);
        assertGets(reader, FIRST);
        assertThat(bench.target(IMAGE)).hasBinaryContent(SECOND);
        assertThat(Files.getLastModifiedTime(bench.target(IMAGE)).toInstant()).isEqualTo(LATER);
        TestClient next = bench.get(IMAGE);
        assertThat(next.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(next, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorIsAskedByTheNameThatItGaveTheFile() throws IOException {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(IMAGE);
        MirrorResponse head = whole(FIRST, MODIFIED);
        bench.lastAskedDelivers(
                new MirrorResponse(
                        head.status(),
                        head.bodyBytes(),
                        head.range(),
                        head.lastModified(),
                        "\"1\"",
                        Optional.empty(),
                        "",
                        false,
                        Optional.empty()),
                FIRST);
        assertGets(client, FIRST);

        for (int i = 0; i < 2; i++) {
            bench.pass(CHECK_INTERVAL);
            TestClient later = bench.get(IMAGE);
            assertThat(bench.client.last().request().ifChanged())
                    .contains(new Validators(Optional.of(MODIFIED), "\"1\""));
            bench.lastAskedHasNothingNew();
            assertGets(later, FIRST);
        }
    }

    @Test
    void allWhoAskAtOnceWaitForOneCheck() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);

        TestClient one = bench.get(IMAGE);
        TestClient other = bench.get(IMAGE, OTHER_CLIENT);
        TestClient head = bench.head(IMAGE);
        assertThat(bench.client.asked().stream()
                        .filter(asked -> !asked.request().headOnly()))
                .hasSize(1);
        bench.asked(1).responds(modified(status(304), Optional.empty()));
        bench.settle();

        assertGets(one, FIRST);
        assertGets(other, FIRST);
        bench.lastAskedHasNothingNew();
        assertThat(head.opened().content().head().lengthBytes()).isEqualTo(FIRST.length);
    }

    @Test
    void checkForEachRequestEnds() throws IOException {
        DownloadBench bench = holding(DownloadBench.withoutCheckInterval(directory, 1), IMAGE, FIRST);

        TestClient client = bench.get(IMAGE);
        bench.lastAskedHasNothingNew();

        assertGets(client, FIRST);
        assertThat(bench.askedCount()).isEqualTo(1);
    }

    @Test
    void fileIsGivenAsStaleWhenNoMirrorAnswers() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);

        TestClient client = bench.get(IMAGE);
        bench.lastAskedFails();

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertThat(client.opened().age()).isPresent();
        assertGets(client, FIRST);
        TestClient next = bench.get(IMAGE);
        assertThat(next.opened().origin()).as("without asking again").isEqualTo(Origin.STALE);
        assertGets(next, FIRST);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileIsGivenAsStaleWhenMirrorsTakeTooLong() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);
        TestClient client = bench.get(IMAGE);

        bench.pass(Duration.ofSeconds(4));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(Duration.ofSeconds(1));

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
    }

    @Test
    void fileIsNotGivenAsStaleForEver() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);
        bench.pass(MAX_STALE.plusSeconds(1));

        TestClient client = bench.get(IMAGE);
        bench.lastAskedFails();

        assertThat(client.isRefused()).isTrue();
    }

    @Test
    void fileThatNoMirrorHasAnyMoreIsGivenAsStale() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);

        TestClient client = bench.get(IMAGE);
        bench.lastAskedHasNone();

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
    }

    @Test
    void mirrorThatLagsBehindReplacesNothing() throws IOException {
        DownloadBench bench = holding(bench(2), IMAGE, FIRST);

        TestClient client = bench.get(IMAGE);
        assertThat(bench.asked(1).responds(whole(SECOND, MODIFIED.minusSeconds(60))))
                .isFalse();
        bench.settle();
        bench.lastAskedHasNothingNew();

        assertGets(client, FIRST);
        assertThat(bench.request(2)).startsWith("m2.example");
    }

    @Test
    void ownerMayRollBack() throws IOException {
        DownloadBench bench = holding(bench(1), IMAGE, FIRST);
        Instant earlier = MODIFIED.minusSeconds(60);
        bench.get(IMAGE);
        assertThat(bench.asked(1).responds(whole(SECOND, earlier))).isFalse();
        bench.settle();

        bench.pass(Duration.ofMinutes(1));
        TestClient client = bench.get(IMAGE);
        bench.lastAskedDelivers(whole(SECOND, earlier), SECOND);

        assertGets(client, SECOND);
        assertThat(bench.target(IMAGE)).hasBinaryContent(SECOND);
    }

    @Test
    void nothingIsContinuedWithBytesOfAnotherState() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(path("any/unknown.name"));
        assertThat(bench.asked(1).responds(whole(FIRST, MODIFIED))).isTrue();
        bench.asked(1).sends(slice(FIRST, 0, 500));
        bench.settle();
        assertThat(client.isAnswered()).isTrue();
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.asked(2).responds(modified(Responses.rest(500, FIRST.length), Optional.of(LATER))))
                .isFalse();
        bench.settle();
        // The first one, which broke off, is asked once more.
        bench.pass(Duration.ofMillis(100));
        assertThat(bench.asked(3).responds(modified(Responses.rest(500, FIRST.length), Optional.of(LATER))))
                .isFalse();
        bench.settle();

        assertThat(client.reads().isCut()).isTrue();
    }

    @Test
    void pageThatAnEarlierVersionKeptMakesRoomForTheFile() throws IOException {
        for (RepositoryPath path : new RepositoryPath[] {IMAGE, DownloadBench.PACKAGE}) {
            DownloadBench bench = holding(bench(1), path, "<!DOCTYPE html><html>".getBytes(UTF_8));

            TestClient client = bench.get(path);
            assertThat(bench.client.last().request().ifChanged())
                    .as("a mirror has nothing newer than a page of today")
                    .isEmpty();
            bench.lastAskedDelivers(FIRST);

            assertGets(client, FIRST);
            assertThat(bench.target(path)).hasBinaryContent(FIRST);
        }
    }

    @Test
    void packageWithoutAVersionIsReplacedWithItsSignature() throws IOException {
        DownloadBench bench = holding(DownloadBench.withSignatures(directory, 1), KEYRING, FIRST);
        holding(bench, KEYRING.signature(), signature(FIRST, 90));

        TestClient client = bench.get(KEYRING);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedDelivers(whole(signature(SECOND, 80), LATER), signature(SECOND, 80));

        assertGets(client, SECOND);
        assertThat(bench.target(KEYRING)).hasBinaryContent(SECOND);
        assertThat(bench.target(KEYRING.signature())).hasBinaryContent(signature(SECOND, 80));
        TestClient its = bench.get(KEYRING.signature());
        assertGets(its, signature(SECOND, 80));
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void packageWithAVersionIsNeverCheckedNorWhatLiesInTheArchive() throws IOException {
        for (RepositoryPath path : new RepositoryPath[] {DownloadBench.PACKAGE, path("archive/2024/02/29/iso/a.iso")}) {
            DownloadBench bench = holding(bench(1), path, FIRST);

            assertThat(bench.get(path).opened().origin()).isEqualTo(Origin.HIT);
            assertThat(bench.askedCount()).isZero();
        }
    }
}
