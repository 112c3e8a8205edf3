package flexo.upstream;

import flexo.download.MirrorResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Consumes one response of the library and passes it on, buffering at most one piece of the body. */
final class ResponseConsumer implements AsyncResponseConsumer<Void> {
    /** Stale, revalidation failed, disconnected. */
    private static final Pattern STALE = Pattern.compile("(^|,)\\s*11[012]\\b");

    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18})", Pattern.CASE_INSENSITIVE);
    /** A refused body up to this size is read to its end, which keeps the connection; a 404 page is smaller. */
    private static final long WORTH_DRAINING_BYTES = 16 * 1024;

    /** What libcurl takes of headers. */
    private static final long HEAD_BYTES_AT_MOST = 300 * 1024;
    /** Of a line, beside name and value. */
    private static final int COLON_BLANK_AND_END = 4;

    private final ResponseEvents events;
    private final SpeedLimit speedLimit;
    private FutureCallback<Void> whenConsumed;
    private boolean draining;
    private final AtomicBoolean asking = new AtomicBoolean();
    // Guarded by this.
    private boolean paused;
    /** The capacity channel to serve after the pause; null if there was no request meanwhile. */
    private CapacityChannel askedMeanwhile;

    ResponseConsumer(ResponseEvents events, SpeedLimit speedLimit) {
        this.events = events;
        this.speedLimit = speedLimit;
    }

    @Override
    public void consumeResponse(
            HttpResponse response, EntityDetails entity, HttpContext context, FutureCallback<Void> resultCallback)
            throws HttpException, IOException {
        if (headBytes(response) > HEAD_BYTES_AT_MOST) {
            throw new MessageConstraintException("more than " + HEAD_BYTES_AT_MOST + " bytes of headers");
        }
        whenConsumed = resultCallback;
        boolean wanted = events.response(mirrorResponse(response, entity));
        if (entity == null) {
            if (wanted) {
                events.end();
            }
            resultCallback.completed(null);
        } else if (!wanted) {
            if (entity.getContentLength() < 0 || entity.getContentLength() > WORTH_DRAINING_BYTES) {
                throw new RefusedBodyException();
            }
            draining = true;
        }
    }

    private static long headBytes(HttpResponse response) {
        return Stream.of(response.getHeaders())
                .mapToLong(header -> header.getName().length()
                        + (header.getValue() == null ? 0 : header.getValue().length())
                        + COLON_BLANK_AND_END)
                .sum();
    }

    private static MirrorResponse mirrorResponse(HttpResponse response, EntityDetails entity) {
        return new MirrorResponse(
                response.getCode(),
                bodyBytes(response, entity),
                contentRange(response),
                lastModified(response),
                firstValue(response, HttpHeaders.ETAG),
                retryAfter(response),
                firstValue(response, HttpHeaders.SERVER),
                entity != null
                        && entity.getContentLength() < 0
                        && !response.containsHeader(HttpHeaders.TRANSFER_ENCODING),
                staleFor(response));
    }

    /**
     * RFC 9111, section 5.1, and the warnings of RFC 7234, section 5.5, with which caches mark responses that were not
     * revalidated.
     */
    private static Optional<Duration> staleFor(HttpResponse response) {
        boolean stale = Stream.of(response.getHeaders(HttpHeaders.WARNING))
                .map(Header::getValue)
                .anyMatch(value -> value != null && STALE.matcher(value).find());
        String age = firstValue(response, HttpHeaders.AGE).strip();
        return stale
                ? Optional.of(Duration.ofSeconds(age.matches("\\d{1,9}") ? Long.parseLong(age) : 0))
                : Optional.empty();
    }

    /** The response to HEAD has no entity, but announces its length. */
    private static OptionalLong bodyBytes(HttpResponse response, EntityDetails entity) {
        if (entity != null) {
            return entity.getContentLength() < 0 ? OptionalLong.empty() : OptionalLong.of(entity.getContentLength());
        }
        String length = firstValue(response, HttpHeaders.CONTENT_LENGTH);
        return length.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(length)) : OptionalLong.empty();
    }

    private static Optional<MirrorResponse.ContentRange> contentRange(HttpResponse response) {
        Matcher range = CONTENT_RANGE.matcher(
                firstValue(response, HttpHeaders.CONTENT_RANGE).strip());
        if (!range.matches() || Long.parseLong(range.group(3)) == 0) {
            return Optional.empty();
        }
        return Optional.of(new MirrorResponse.ContentRange(
                Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), Long.parseLong(range.group(3))));
    }

    private static Optional<Instant> lastModified(HttpResponse response) {
        return Optional.ofNullable(DateUtils.parseStandardDate(response, HttpHeaders.LAST_MODIFIED))
                .map(time -> time.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Seconds, or a date (RFC 9110, section 10.2.3), relative to the server's own. */
    private static Optional<Duration> retryAfter(HttpResponse response) {
        String value = firstValue(response, HttpHeaders.RETRY_AFTER).strip();
        if (value.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        Instant then = DateUtils.parseStandardDate(response, HttpHeaders.RETRY_AFTER);
        Instant now = DateUtils.parseStandardDate(response, HttpHeaders.DATE);
        return then == null || now == null || then.isBefore(now)
                ? Optional.empty()
                : Optional.of(Duration.between(now, then));
    }

    private static String firstValue(HttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null || header.getValue() == null ? "" : header.getValue();
    }

    /** Called whenever the granted bytes are used up; requests at most one portion, so that all bodies get a turn. */
    @Override
    public void updateCapacity(CapacityChannel capacity) {
        synchronized (this) {
            if (paused) {
                askedMeanwhile = capacity;
                return;
            }
        }
        if (asking.compareAndSet(false, true)) {
            speedLimit.ask(() -> {
                asking.set(false);
                try {
                    capacity.update(speedLimit.portionBytes());
                } catch (IOException e) {
                    events.failed(e);
                }
            });
        }
    }

    /** Grants no further portion; granted bytes may still arrive. */
    synchronized void pause() {
        paused = true;
    }

    /** Ends a pause. */
    void goOn() {
        CapacityChannel capacity;
        synchronized (this) {
            paused = false;
            capacity = askedMeanwhile;
            askedMeanwhile = null;
        }
        if (capacity != null) {
            updateCapacity(capacity);
        }
    }

    @Override
    public void consume(ByteBuffer bytes) {
        if (draining) {
            bytes.position(bytes.limit());
        } else {
            events.bytes(bytes);
        }
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
        if (!draining) {
            events.end();
        }
        whenConsumed.completed(null);
    }

    @Override
    public void informationResponse(HttpResponse response, HttpContext context) {
        // 1xx responses say nothing about the file.
    }

    @Override
    public void failed(Exception cause) {
        events.failed(cause);
    }

    @Override
    public void releaseResources() {
        // Nothing to release.
    }

    /** Makes the library drop the connection rather than read an unwanted body. */
    private static final class RefusedBodyException extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
