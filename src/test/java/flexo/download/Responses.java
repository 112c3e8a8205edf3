package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What mirrors of a bench answer, by its head. */
final class Responses {
    private Responses() {}

    static MirrorResponse whole(long lengthBytes) {
        return response(200, OptionalLong.of(lengthBytes), Optional.empty(), "application/octet-stream");
    }

    /** The rest of a file, as it was asked for. */
    static MirrorResponse rest(long fromByte, long totalBytes) {
        return part(fromByte, totalBytes - 1, totalBytes);
    }

    static MirrorResponse part(long first, long last, long totalBytes) {
        return response(
                206,
                OptionalLong.of(last - first + 1),
                Optional.of(new MirrorResponse.ContentRange(first, last, totalBytes)),
                "application/octet-stream");
    }

    static MirrorResponse status(int status) {
        return response(status, OptionalLong.of(100), Optional.empty(), "text/html");
    }

    static MirrorResponse modified(MirrorResponse response, Optional<Instant> lastModified) {
        return new MirrorResponse(
                response.status(),
                response.bodyBytes(),
                response.range(),
                lastModified,
                "",
                response.contentType(),
                "");
    }

    static MirrorResponse whole(byte[] body, Instant lastModified) {
        return modified(whole(body.length), Optional.of(lastModified));
    }

    static MirrorResponse tagged(MirrorResponse response, String etag) {
        return new MirrorResponse(
                response.status(),
                response.bodyBytes(),
                response.range(),
                response.lastModified(),
                etag,
                response.contentType(),
                "");
    }

    static MirrorResponse response(
            int status, OptionalLong bodyBytes, Optional<MirrorResponse.ContentRange> range, String contentType) {
        return new MirrorResponse(status, bodyBytes, range, Optional.of(MODIFIED), "", contentType, "");
    }
}
