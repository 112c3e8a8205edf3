package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What mirrors of a bench answer, by its head. */
public final class Responses {
    private Responses() {}

    public static MirrorResponse whole(long lengthBytes) {
        return response(200, OptionalLong.of(lengthBytes), Optional.empty());
    }

    /** The rest of a file, as it was asked for. */
    public static MirrorResponse rest(long fromByte, long totalBytes) {
        return part(fromByte, totalBytes - 1, totalBytes);
    }

    public static MirrorResponse part(long first, long last, long totalBytes) {
        return response(
                206,
                OptionalLong.of(last - first + 1),
                Optional.of(new MirrorResponse.ContentRange(first, last, totalBytes)));
    }

    public static MirrorResponse status(int status) {
        return response(status, OptionalLong.of(100), Optional.empty());
    }

    /** A mirror that wants to be left alone. */
    public static MirrorResponse wantsRest(int status, Duration rest) {
        return new MirrorResponse(
                status,
                OptionalLong.of(100),
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.of(rest),
                "",
                false,
                Optional.empty());
    }

    public static MirrorResponse modified(MirrorResponse response, Optional<Instant> lastModified) {
        return new MirrorResponse(
                response.status(),
                response.bodyBytes(),
                response.range(),
                lastModified,
                "",
                response.retryAfter(),
                "",
                false,
                Optional.empty());
    }

    public static MirrorResponse whole(byte[] body, Instant lastModified) {
        return modified(whole(body.length), Optional.of(lastModified));
    }

    public static MirrorResponse tagged(MirrorResponse response, String etag) {
        return new MirrorResponse(
                response.status(),
                response.bodyBytes(),
                response.range(),
                response.lastModified(),
                etag,
                response.retryAfter(),
                "",
                false,
                Optional.empty());
    }

    /** The same from a cache that has not reached its own mirror. */
    public static MirrorResponse stale(MirrorResponse response, Duration age) {
        return new MirrorResponse(
                response.status(),
                response.bodyBytes(),
                response.range(),
                response.lastModified(),
                response.etag(),
                response.retryAfter(),
                response.server(),
                response.endsWithConnection(),
                Optional.of(age));
    }

    /** The whole file, of a length that is told by its end. */
    public static MirrorResponse wholeWithoutLength(boolean endsWithConnection) {
        return new MirrorResponse(
                200,
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of(MODIFIED),
                "",
                Optional.empty(),
                "",
                endsWithConnection,
                Optional.empty());
    }

    public static MirrorResponse response(
            int status, OptionalLong bodyBytes, Optional<MirrorResponse.ContentRange> range) {
        return new MirrorResponse(
                status, bodyBytes, range, Optional.of(MODIFIED), "", Optional.empty(), "", false, Optional.empty());
    }
}
