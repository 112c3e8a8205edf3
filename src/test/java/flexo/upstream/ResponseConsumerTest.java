package flexo.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.download.MirrorResponse;
import flexo.download.MirrorResponse.ContentRange;
import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseConsumerTest {
    private final HttpClientContext context = HttpClientContext.create();
    private final Recorder wanting = Recorder.wanting();
    private final Recorder refusing = Recorder.refusing();
    private final List<String> consumed = new ArrayList<>();

    // The head.

    @Test
    void headIsHandedOn() throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT");
        response.addHeader("Server", "nginx");

        MirrorResponse head = headOf(response, body(1000));

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.bodyBytes()).hasValue(1000);
        assertThat(head.range()).isEmpty();
        assertThat(head.lastModified()).contains(Instant.parse("2025-01-01T00:00:00Z"));
        assertThat(head.server()).isEqualTo("nginx");
    }

    @Test
    void headThatSaysNothingIsEmpty() throws IOException, HttpException {
        assertThat(headOf(new BasicHttpResponse(204), null))
                .isEqualTo(new MirrorResponse(
                        204,
                        OptionalLong.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        "",
                        false,
                        Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "'110 - \"Response is Stale\"', 86400, 86400",
        "'199 - \"x\", 111 cache.example \"Revalidation Failed\"', 7, 7",
        "112 - \"Disconnected Operation\", '', 0",
    })
    void cacheThatHasNotAskedItsMirrorSaysSo(String warning, String age, long seconds)
            throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(304);
        response.addHeader("Warning", warning);
        response.addHeader("Age", age);

        assertThat(headOf(response, null).staleFor()).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "199 - \"Miscellaneous 110 things\"", "1100 - x"})
    void ageAloneIsThatOfAFreshAnswer(String warning) throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Warning", warning);
        response.addHeader("Age", "86400");

        assertThat(headOf(response, body(1)).staleFor()).isEmpty();
    }

    @Test
    void bodyOfUnknownLengthIsUnknown() throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Content-Length", "1000");

        assertThat(headOf(response, body(-1)).bodyBytes()).isEmpty();
    }

    @Test
    void lengthWithoutABodyIsWhatTheBodyWouldHave() throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Content-Length", "6442450944");

        assertThat(headOf(response, null).bodyBytes()).hasValue(6_442_450_944L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "ten", "1,2", "9999999999999999999999"})
    void lengthThatIsNoNumberIsUnknown(String length) throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Content-Length", length);

        assertThat(headOf(response, null).bodyBytes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes 0-0/1, 0, 0, 1",
        "bytes 500-999/1000, 500, 999, 1000",
        "Bytes  500-999/1000, 500, 999, 1000",
        "' bytes 500-999/1000 ', 500, 999, 1000",
        "bytes 4294967296-6442450943/6442450944, 4294967296, 6442450943, 6442450944",
    })
    void contentRangeIsRead(String header, long first, long last, long total) throws IOException, HttpException {
        assertThat(rangeIn(header)).contains(new ContentRange(first, last, total));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes */1000",
                "bytes 500-999/*",
                "bytes 500-999",
                "bytes 500-/1000",
                "bytes -500/1000",
                "bytes 0-0/0",
                "bytes=500-999/1000",
                "items 500-999/1000",
                "bytes 500-999/1000, bytes 0-1/1000",
                "bytes 9999999999999999999-99999999999999999999/99999999999999999999",
            })
    void contentRangeThatProvesNothingIsNone(String header) throws IOException, HttpException {
        assertThat(rangeIn(header)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Wed, 01 Jan 2025 00:00:00 GMT", "Wednesday, 01-Jan-25 00:00:00 GMT"})
    void formsOfAnHttpDateThatServersSendAreRead(String date) throws IOException, HttpException {
        assertThat(timeIn(date)).contains(Instant.parse("2025-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "yesterday", "2025-01-01", "Wed, 99 Jan 2025 00:00:00 GMT"})
    void whatIsNoHttpDateIsNone(String date) throws IOException, HttpException {
        assertThat(timeIn(date)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"60, 60", "0, 0", "' 5 ', 5", "'Wed, 01 Jan 2025 00:02:00 GMT', 120"})
    void timeToAskAgainIsRead(String header, long seconds) throws IOException, HttpException {
        assertThat(retryAfterIn(header)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999", "Tue, 31 Dec 2024 00:00:00 GMT"})
    void timeToAskAgainThatIsNoneIsUnknown(String header) throws IOException, HttpException {
        assertThat(retryAfterIn(header)).isEmpty();
    }

    private Optional<Duration> retryAfterIn(String header) throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(429);
        response.addHeader("Date", "Wed, 01 Jan 2025 00:00:00 GMT");
        response.addHeader("Retry-After", header);
        return headOf(response, null).retryAfter();
    }

    // The body.

    @Test
    void bytesAreHandedOnToTheEnd() throws IOException, HttpException {
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(10));
        consumer.consume(bytes("01234"));
        consumer.consume(bytes("56789"));
        consumer.streamEnd(List.of());

        assertThat(wanting.text()).isEqualTo("0123456789");
        assertThat(wanting.events()).containsExactly("response", "bytes", "end");
        assertThat(consumed).containsExactly("completed");
    }

    @Test
    void responseWithoutABodyEndsAtOnce() throws IOException, HttpException {
        consume(consumer(wanting), new BasicHttpResponse(200), null);

        assertThat(wanting.events()).containsExactly("response", "end");
        assertThat(consumed).containsExactly("completed");
    }

    @Test
    void refusedResponseWithoutABodyHasNoEnd() throws IOException, HttpException {
        consume(consumer(refusing), new BasicHttpResponse(404), null);

        assertThat(refusing.events()).containsExactly("response");
        assertThat(consumed).containsExactly("completed");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 16 * 1024})
    void smallRefusedBodyIsReadToItsEndAndKeptFromTheListener(long length) throws IOException, HttpException {
        ResponseConsumer consumer = consumer(refusing);
        consume(consumer, new BasicHttpResponse(404), body(length));
        ByteBuffer page = bytes("not here");
        consumer.consume(page);
        consumer.streamEnd(List.of());

        assertThat(page.hasRemaining()).isFalse();
        assertThat(refusing.events()).containsExactly("response");
        assertThat(consumed).containsExactly("completed");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 16 * 1024 + 1, 6L << 30})
    void largeRefusedBodyIsRefusedOfTheLibraryToo(long length) {
        ResponseConsumer consumer = consumer(refusing);

        assertThatIOException().isThrownBy(() -> consume(consumer, new BasicHttpResponse(200), body(length)));
        consumer.failed(new IOException("as the library tells it"));

        assertThat(refusing.events()).containsExactly("response");
    }

    // Failures, which the library may tell in several ways.

    @Test
    void failureIsToldOnce() throws IOException, HttpException {
        ResponseEvents events = new ResponseEvents(wanting, context);
        ResponseConsumer consumer = new ResponseConsumer(events, SpeedLimit.none());
        consume(consumer, new BasicHttpResponse(200), body(10));
        consumer.failed(new ConnectionClosedException("gone"));
        events.failed(new ConnectionClosedException("gone"));
        events.cancelled();

        assertThat(wanting.events()).containsExactly("response", "failure");
        assertThat(wanting.awaitFailure().failure()).isEqualTo(MirrorFailure.TRUNCATED);
    }

    @Test
    void failureAfterTheEndIsNotTold() throws IOException, HttpException {
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(5));
        consumer.consume(bytes("01234"));
        consumer.streamEnd(List.of());
        consumer.failed(new ConnectionClosedException("gone"));

        assertThat(wanting.events()).containsExactly("response", "bytes", "end");
    }

    @Test
    void failureOfANewConnectionIsNotStale() {
        consumer(wanting).failed(new ConnectionClosedException("gone"));

        assertThat(wanting.awaitFailure().stale()).isFalse();
    }

    // Back-pressure.

    @Test
    void withoutALimitTheLibraryIsGrantedLargePortions() throws IOException, HttpException {
        List<Integer> granted = new ArrayList<>();
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(10));
        consumer.updateCapacity(granted::add);
        consumer.consume(bytes("01234"));
        consumer.updateCapacity(granted::add);
        consumer.consume(bytes("56789"));

        assertThat(granted).isNotEmpty().containsOnly(SpeedLimit.UNLIMITED_PORTION_BYTES);
    }

    @Test
    void pausedResponseIsGrantedNothingUntilItGoesOn() throws IOException, HttpException {
        List<Integer> granted = new ArrayList<>();
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(10));
        consumer.updateCapacity(granted::add);
        consumer.pause();
        consumer.updateCapacity(granted::add);
        assertThat(granted).hasSize(1);

        consumer.goOn();
        assertThat(granted).hasSize(2);
    }

    @Test
    void pauseInWhichTheLibraryAskedForNothingGrantsNothing() throws IOException, HttpException {
        List<Integer> granted = new ArrayList<>();
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(10));
        consumer.pause();
        consumer.goOn();

        assertThat(granted).isEmpty();
    }

    @Test
    void bytesThatComeBeforeTheChannelAreTaken() throws IOException, HttpException {
        ResponseConsumer consumer = consumer(wanting);
        consume(consumer, new BasicHttpResponse(200), body(5));

        assertThatCode(() -> consumer.consume(bytes("01234"))).doesNotThrowAnyException();
        assertThat(wanting.text()).isEqualTo("01234");
    }

    private MirrorResponse headOf(HttpResponse response, EntityDetails entity) throws IOException, HttpException {
        consume(consumer(wanting), response, entity);
        return wanting.awaitResponse();
    }

    private Optional<ContentRange> rangeIn(String header) throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(206);
        response.addHeader("Content-Range", header);
        return headOf(response, body(500)).range();
    }

    private Optional<Instant> timeIn(String header) throws IOException, HttpException {
        HttpResponse response = new BasicHttpResponse(200);
        response.addHeader("Last-Modified", header);
        return headOf(response, body(500)).lastModified();
    }

    private ResponseConsumer consumer(Recorder listener) {
        return new ResponseConsumer(new ResponseEvents(listener, context), SpeedLimit.none());
    }

    private void consume(ResponseConsumer consumer, HttpResponse response, EntityDetails entity)
            throws IOException, HttpException {
        consumer.consumeResponse(response, entity, context, new FutureCallback<>() {
            @Override
            public void completed(Void result) {
                consumed.add("completed");
            }

            @Override
            public void failed(Exception cause) {
                consumed.add("failed");
            }

            @Override
            public void cancelled() {
                consumed.add("cancelled");
            }
        });
    }

    private static EntityDetails body(long lengthBytes) {
        return new BasicEntityDetails(lengthBytes, ContentType.APPLICATION_OCTET_STREAM);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
