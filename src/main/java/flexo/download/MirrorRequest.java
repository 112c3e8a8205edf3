package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import java.net.URI;

/**
 * A request to a mirror.
 *
 * @param uri the file on the mirror
 * @param fromByte 0 for the whole file, else the first byte of an open-ended range
 * @param headOnly whether only the head is asked for (HEAD)
 */
public record MirrorRequest(URI uri, long fromByte, boolean headOnly) {
    static MirrorRequest of(Mirror mirror, RepositoryPath path, long fromByte, boolean headOnly) {
        return new MirrorRequest(URI.create(mirror.base() + path.toUrlPath()), fromByte, headOnly);
    }
}
