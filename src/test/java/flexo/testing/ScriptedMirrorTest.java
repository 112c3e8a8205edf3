package flexo.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scripted mirror does what the scenario tests believe it does. */
class ScriptedMirrorTest {
    private static final String PATH = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 200_000);

    private ScriptedMirror mirror;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        mirror = new ScriptedMirror().file(PATH, FILE);
        client = new RawClient(mirror.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        mirror.close();
    }

    @Test
    void servesFilesOnOneConnectionAndWritesRequestsDown() throws Exception {
        RawResponse whole = client.get(PATH, "X-Test: yes");
        RawResponse absent = client.get("/core/absent");
        RawResponse head = client.head(PATH.replace(":", "%3A"));

        assertThat(whole.body()).isEqualTo(FILE.bytes());
        assertThat(whole.header("Last-Modified")).isEqualTo("Wed, 01 Jan 2025 00:00:00 GMT");
        assertThat(absent.status()).isEqualTo(404);
        assertThat(head.contentLength()).isEqualTo(FILE.lengthBytes());
        assertThat(mirror.connectionsAccepted()).isEqualTo(1);
        assertThat(mirror.requestsFor(PATH)).hasSize(2);
        assertThat(mirror.requestsFor(PATH).get(0).header("x-test")).contains("yes");
        assertThat(mirror.requestsFor(PATH).get(0).bodyBytesSent()).hasValue(FILE.lengthBytes());
    }

    @Test
    void answersRangesAndConditions() throws Exception {
        RawResponse part = client.get(PATH, "Range: bytes=100-");
        RawResponse beyond = client.get(PATH, "Range: bytes=200000-");
        RawResponse outdated = client.get(PATH, "Range: bytes=100-", "If-Range: Wed, 01 Jan 2020 00:00:00 GMT");
        RawResponse unchanged = client.get(PATH, "If-Modified-Since: " + part.header("Last-Modified"));

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 100-199999/200000");
        assertThat(part.body()).isEqualTo(FILE.bytes(100, 199_900));
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).isEqualTo("bytes */200000");
        assertThat(outdated.status()).isEqualTo(200);
        assertThat(outdated.body()).hasSize(200_000);
        assertThat(unchanged.status()).isEqualTo(304);
    }

    @Test
    void servesSixGigabytesWithoutHavingThem() throws Exception {
        FileContent huge = FileContent.seeded(2, 6L << 30);
        mirror.file("/huge", huge);

        RawResponse end = client.get("/huge", "Range: bytes=6442450900-");

        assertThat(end.header("Content-Range")).isEqualTo("bytes 6442450900-6442450943/6442450944");
        assertThat(end.body()).isEqualTo(huge.bytes(6_442_450_900L, 44));
    }

    @Test
    void seededContentIsTheSameFromAnyPosition() {
        byte[] whole = FILE.bytes(0, 1000);
        for (int from = 0; from < 40; from++) {
            assertThat(FILE.matches(from, java.util.Arrays.copyOfRange(whole, from, 1000), 1000 - from))
                    .isTrue();
        }
        assertThat(FILE.sha256()).isEqualTo(FileContent.of(FILE.bytes()).sha256());
        assertThat(FILE.sha256()).isNotEqualTo(FILE.withFlippedBit(5).sha256());
    }

    @Test
    void faultsApplyToTheRequestTheyWereGivenFor() throws Exception {
        mirror.faultOnRequest(PATH, 2, new Fault().status(503));
        mirror.faultEverywhere(new Fault().htmlPage());

        assertThat(client.get(PATH).header("Content-Type")).startsWith("text/html");
        assertThat(client.get(PATH).status()).isEqualTo(503);
        mirror.heal();
        assertThat(client.get(PATH).body()).isEqualTo(FILE.bytes());
    }

    @Test
    void gateHoldsTheBodyAtAnExactByte() throws Exception {
        Gate gate = new Gate(70_000);
        mirror.fault(PATH, new Fault().gate(gate));

        client.request("GET", PATH);
        client.readHead();
        client.readExpecting(FILE, 0, 70_000);
        gate.awaitReached();
        assertThat(mirror.requests().get(0).bodyBytesSent()).hasValue(70_000);
        gate.open();
        client.readExpecting(FILE, 70_000, 130_000);
    }

    @Test
    void cutsStallsAndResetsAfterAnExactByte() throws Exception {
        mirror.faultOnRequest(PATH, 1, new Fault().stallAfter(1234));
        mirror.faultOnRequest(PATH, 2, new Fault().cutAfter(1234));
        mirror.faultOnRequest(PATH, 3, new Fault().resetAfter(0));

        client.request("GET", PATH);
        client.readHead();
        client.readExpecting(FILE, 0, 1234);
        client.patience(Duration.ofMillis(200));
        assertThatThrownBy(() -> client.read(1)).isInstanceOf(SocketTimeoutException.class);
        try (RawClient second = new RawClient(mirror.port())) {
            second.request("GET", PATH);
            assertThat(second.readHead().contentLength()).isEqualTo(200_000);
            assertThat(second.readToEnd()).isEqualTo(FILE.bytes(0, 1234));
        }
        try (RawClient third = new RawClient(mirror.port())) {
            third.request("GET", PATH);
            assertThatThrownBy(third::readResponse).isInstanceOf(IOException.class);
        }
    }

    @Test
    void staysSilentDripsOrClosesInsteadOfAnswering() throws Exception {
        mirror.fault("/silent", new Fault().silence());
        mirror.fault("/drip", new Fault().dripHeader(Duration.ofMillis(5)));
        mirror.fault("/close", new Fault().closeWithoutAnswer());

        client.patience(Duration.ofMillis(200));
        client.request("GET", "/silent");
        assertThatThrownBy(client::readHead).isInstanceOf(SocketTimeoutException.class);
        try (RawClient dripped = new RawClient(mirror.port())) {
            dripped.request("GET", "/drip");
            assertThat(new String(dripped.read(30), java.nio.charset.StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\nX-Drip: xxx");
        }
        try (RawClient closed = new RawClient(mirror.port())) {
            closed.request("GET", "/close");
            assertThatThrownBy(closed::readHead).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void liesAboutLengthAndRange() throws Exception {
        mirror.faultOnRequest(PATH, 1, new Fault().chunked());
        mirror.faultOnRequest(PATH, 2, new Fault().wrongRangeStart(-10));
        mirror.faultOnRequest(PATH, 3, new Fault().wrongRangeTotal(5));
        mirror.faultOnRequest(PATH, 4, new Fault().ignoreRange());
        mirror.faultOnRequest(PATH, 5, new Fault().noLength());

        RawResponse chunked = client.get(PATH);
        assertThat(chunked.contentLength()).isEqualTo(-1);
        assertThat(chunked.body()).isEqualTo(FILE.bytes());
        assertThat(client.get(PATH, "Range: bytes=1000-").header("Content-Range"))
                .isEqualTo("bytes 990-199999/200000");
        assertThat(client.get(PATH, "Range: bytes=1000-").header("Content-Range"))
                .isEqualTo("bytes 1000-199999/200005");
        assertThat(client.get(PATH, "Range: bytes=1000-").status()).isEqualTo(200);
        assertThat(client.get(PATH).body()).isEqualTo(FILE.bytes());
    }

    @Test
    void refusesConnectionsUntilItAcceptsThemAgain() throws Exception {
        mirror.refuseConnections();
        assertThatThrownBy(() -> new RawClient(mirror.port()).close()).isInstanceOf(ConnectException.class);
        mirror.acceptConnections();
        try (RawClient again = new RawClient(mirror.port())) {
            assertThat(again.get(PATH).status()).isEqualTo(200);
        }
    }

    @Test
    void blackHoleNeitherAcceptsNorRefuses() throws Exception {
        try (BlackHole hole = new BlackHole();
                Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), URI.create(hole.url()).getPort());
            assertThatThrownBy(() -> socket.connect(address, 500)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void rateLimitsTheBody() throws Exception {
        mirror.fault(PATH, new Fault().rate(400_000));
        long started = System.nanoTime();
        assertThat(client.get(PATH).body()).isEqualTo(FILE.bytes());
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(400));
    }
}
