package flexo.download;

import flexo.cache.Validators;
import java.net.URI;
import java.util.Optional;

/**
 * A request to a mirror.
 *
 * @param uri the file on the mirror
 * @param fromByte 0 for the whole file, else the first byte of a range
 * @param untilByte the first byte behind the range; {@link Long#MAX_VALUE} if it is open-ended
 * @param headOnly whether only the head is asked for (HEAD)
 * @param ifChanged the state that is known, if the file is asked for only if it has changed since
 * @param slowly whether the body may come slowly, since no client waits for it
 * @param inSmallPieces whether to read the body in small pieces, since it will be paused often
 * @param onlyIfCached whether the request to another node has {@code only-if-cached}
 * @param via the {@code Via} header of the client's request; empty if there is none
 */
public record MirrorRequest(
        URI uri,
        long fromByte,
        long untilByte,
        boolean headOnly,
        Optional<Validators> ifChanged,
        boolean slowly,
        boolean inSmallPieces,
        boolean onlyIfCached,
        String via) {
    /** Checks the range. */
    public MirrorRequest {
        if (fromByte < 0 || fromByte >= untilByte) {
            throw new IllegalArgumentException("no byte is asked for from " + fromByte + " to " + untilByte);
        }
    }

    /** One whose body a client wants. */
    public MirrorRequest(URI uri, long fromByte, boolean headOnly, Optional<Validators> ifChanged) {
        this(uri, fromByte, Long.MAX_VALUE, headOnly, ifChanged, false, false, false, "");
    }
}
