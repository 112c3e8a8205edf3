package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.LAST_MODIFIED;
import static flexo.scenario.Answers.NOTHING;
import static flexo.scenario.Answers.ORIGIN;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertPart;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.Arguments;

/** Parts of files: cached ones, running ones, ones that nobody has asked for yet, and beyond 4 GiB. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class RangesIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    private static final String HUGE = "/core/os/x86_64/huge-1-1-any.pkg.tar.zst";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    static Stream<Arguments> satisfiable() {
        long last = FILE.lengthBytes() - 1;
        return Stream.of(
                arguments("bytes=0-", 0L, last),
                arguments("bytes=100-", 100L, last),
                arguments("bytes=100-199", 100L, 199L),
                arguments("bytes=0-0", 0L, 0L),
                arguments("bytes=-100", last - 99, last),
                arguments("bytes=-1", last, last),
                arguments("bytes=" + last + "-", last, last),
                arguments("bytes=" + last + "-" + last, last, last),
                arguments("bytes=100-99999999", 100L, last),
                arguments("bytes=0-99999999999999", 0L, last),
                arguments("bytes=-99999999", 0L, last));
    }

    @Test
    void everySatisfiableRangeOfACachedFileIsExact() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        for (Arguments row : satisfiable().toList()) {
            Object[] range = row.get();
            assertPart(client.get(PACKAGE, "Range: " + range[0]), FILE, (Long) range[1], (Long) range[2], CACHE);
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void everySatisfiableRangeOfARunningDownloadIsExact() throws Exception {
        Gate gate = new Gate(FILE.lengthBytes() / 2);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        scenario.client().request("GET", PACKAGE);
        gate.awaitReached();
        List<RawClient> clients = new ArrayList<>();
        for (Arguments row : satisfiable().toList()) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE, "Range: " + row.get()[0]);
            // Its head says that it has joined, before the download goes on.
            assertHead(client.readHead(), 206, length(row), REMOTE);
            clients.add(client);
        }

        gate.open();

        int at = 0;
        for (Arguments row : satisfiable().toList()) {
            clients.get(at++).readExpecting(FILE, (Long) row.get()[1], length(row));
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    private static long length(Arguments row) {
        return (Long) row.get()[2] - (Long) row.get()[1] + 1;
    }

    @Test
    void rangeIntoARunningDownloadGetsAtOnceWhatIsThere() throws Exception {
        Gate gate = new Gate(200_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        scenario.client().request("GET", PACKAGE);
        gate.awaitReached();

        RawClient behind = scenario.client();
        behind.request("GET", PACKAGE, "Range: bytes=150000-");
        assertThat(behind.readHead().header("Content-Range")).isEqualTo("bytes 150000-300002/300003");
        behind.readExpecting(FILE, 150_000, 50_000);
        RawClient inside = scenario.client();
        assertPart(inside.get(PACKAGE, "Range: bytes=1000-1999"), FILE, 1000, 1999, REMOTE);
        RawClient ahead = scenario.client();
        ahead.request("GET", PACKAGE, "Range: bytes=250000-");
        assertThat(ahead.readHead().header("Content-Range")).isEqualTo("bytes 250000-300002/300003");

        gate.open();
        behind.readExpecting(FILE, 200_000, 100_003);
        ahead.readExpecting(FILE, 250_000, 50_003);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void rangeOfAFileThatIsNotCachedDownloadsAllOfIt() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        assertPart(scenario.get(PACKAGE, "Range: bytes=299000-"), FILE, 299_000, 300_002, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("none");
        Awaitility.await().untilAsserted(() -> assertWhole(scenario.get(PACKAGE), FILE, CACHE));
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void rangeFarIntoAFileThatIsNotHereComesAtOnceAndTheFileIsCachedInTheEnd() throws Exception {
        FileContent large = FileContent.seeded(2, 12_000_000);
        Gate beginning = new Gate(100_000);
        mirror.file(PACKAGE, large).faultOnRequest(PACKAGE, 1, new Fault().gate(beginning));
        scenario.start(mirror);

        RawClient resuming = scenario.client();
        long asked = System.nanoTime();
        resuming.request("GET", PACKAGE, "Range: bytes=9000000-");
        assertThat(resuming.readHead().header("Content-Range")).isEqualTo("bytes 9000000-11999999/12000000");
        resuming.readExpecting(large, 9_000_000, 3_000_000);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));

        beginning.open();
        Awaitility.await().untilAsserted(() -> assertWhole(scenario.get(PACKAGE), large, CACHE));
        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("none", "bytes=9000000-");
    }

    @Test
    void rangeBeyondTheEndIsNotSatisfiable() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        for (String range : List.of("bytes=300003-", "bytes=300004-", "bytes=99999999999-99999999999999", "bytes=-0")) {
            RawResponse answer = client.get(PACKAGE, "Range: " + range);
            assertThat(answer.status()).as(range).isEqualTo(416);
            assertThat(answer.header("Content-Range")).as(range).isEqualTo("bytes */300003");
            assertThat(answer.header(ORIGIN)).as(range).isEqualTo(NOTHING);
        }
        assertWhole(client.get(PACKAGE), FILE, CACHE);
    }

    @Test
    void rangeBeyondTheEndOfARunningDownloadIsNotSatisfiableEither() throws Exception {
        Gate gate = new Gate(1000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient first = scenario.client();
        first.request("GET", PACKAGE);
        gate.awaitReached();

        RawResponse answer = scenario.get(PACKAGE, "Range: bytes=300003-");
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */300003");

        gate.open();
        assertWhole(first.readResponse(), FILE, REMOTE);
    }

    @Test
    void severalOrMalformedRangesGetTheWholeFile() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        for (String range : List.of(
                "bytes=0-1,5-6",
                "bytes=0-1, 100-",
                "bytes=abc",
                "bytes=5",
                "bytes=5-2",
                "bytes=-",
                "bytes=",
                "bytes=1-2-3",
                "bytes=0x10-",
                "bytes=+5-",
                "items=0-5",
                "bytes 0-5",
                "bytes=99999999999999999999999-")) {
            RawResponse answer = client.get(PACKAGE, "Range: " + range);
            if (range.startsWith("bytes=9999") && answer.status() == 416) {
                continue; // A number beyond all longs may be read as what it is: beyond the end.
            }
            assertWhole(answer, FILE, CACHE);
        }
    }

    @Test
    void ifRangeDecidesBetweenThePartAndTheWhole() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        assertPart(client.get(PACKAGE, "Range: bytes=5-", "If-Range: " + LAST_MODIFIED), FILE, 5, 300_002, CACHE);
        for (String other :
                List.of("Tue, 31 Dec 2024 00:00:00 GMT", "Thu, 02 Jan 2025 00:00:00 GMT", "\"an-etag\"", "garbage")) {
            assertWhole(client.get(PACKAGE, "Range: bytes=5-", "If-Range: " + other), FILE, CACHE);
        }
    }

    @Test
    void ifRangeIntoARunningDownloadDecidesToo() throws Exception {
        Gate gate = new Gate(200_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        scenario.client().request("GET", PACKAGE);
        gate.awaitReached();
        RawClient same = scenario.client();
        RawClient older = scenario.client();

        same.request("GET", PACKAGE, "Range: bytes=5-", "If-Range: " + LAST_MODIFIED);
        older.request("GET", PACKAGE, "Range: bytes=5-", "If-Range: Tue, 31 Dec 2024 00:00:00 GMT");
        gate.open();

        assertPart(same.readResponse(), FILE, 5, 300_002, REMOTE);
        assertWhole(older.readResponse(), FILE, REMOTE);
    }

    @Test
    void headIgnoresRanges() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        // RFC 9110, section 14.2: Range is defined for GET only.
        assertHead(client.head(PACKAGE, "Range: bytes=5-"), 200, FILE.lengthBytes(), NOTHING);
        assertWhole(client.get(PACKAGE), FILE, CACHE);
    }

    @Test
    void rangesBeyondTwoAndFourGigabytesOfACachedFileAreExact() throws Exception {
        long length = (4L << 30) + 100_000;
        Path huge = scenario.cached(HUGE);
        Files.createDirectories(huge.getParent());
        // By this the directory is known as a package cache.
        Files.write(scenario.cache().resolve("zlib-1-1-x86_64.pkg.tar.zst"), FILE.bytes());
        FileContent marks = FileContent.seeded(7, length);
        List<Long> marked = List.of((2L << 30) - 500, (4L << 30) - 500, length - 1000);
        try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(length);
            for (long position : marked) {
                sparse.seek(position);
                sparse.write(marks.bytes(position, 1000));
            }
        }
        Files.setLastModifiedTime(huge, FileTime.from(ScriptedMirror.LAST_MODIFIED));
        scenario.start(mirror);
        RawClient client = scenario.client();

        assertHead(client.head(HUGE), 200, length, NOTHING);
        for (long position : marked) {
            assertPart(
                    client.get(HUGE, "Range: bytes=" + position + "-" + (position + 999)),
                    marks,
                    position,
                    position + 999,
                    CACHE);
        }
        assertPart(client.get(HUGE, "Range: bytes=-1000"), marks, length - 1000, length - 1, CACHE);
        assertThat(client.get(HUGE, "Range: bytes=" + length + "-").header("Content-Range"))
                .isEqualTo("bytes */" + length);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void downloadGoesOnBeyondFourGigabytesAndServesRangesThere() throws Exception {
        long length = (4L << 30) + 500_000;
        long have = (4L << 30) - 100_000;
        FileContent content = FileContent.seeded(8, length);
        mirror.file("/iso/huge.iso", content);
        // What a Flexo leaves when it is stopped: the first bytes (of no interest here, so a hole) and the whole size.
        Path partial = scenario.cached("/iso/huge.iso");
        Files.createDirectories(partial.getParent());
        try (RandomAccessFile sparse = new RandomAccessFile(partial.toFile(), "rw")) {
            sparse.setLength(have);
        }
        Files.writeString(partial.resolveSibling(".huge.iso.cfs"), length + "\n");
        scenario.start(mirror);

        long from = (4L << 30) - 1000;
        RawResponse part = scenario.get("/iso/huge.iso", "Range: bytes=" + from + "-");

        assertPart(part, content, from, length - 1, REMOTE);
        assertThat(mirror.requests()).extracting(RecordedRequest::range).containsExactly("bytes=" + have + "-");
        assertPart(scenario.hit("/iso/huge.iso", "Range: bytes=-2000"), content, length - 2000, length - 1, CACHE);
    }
}
