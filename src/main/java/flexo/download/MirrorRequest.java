package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.net.URI;
import java.util.Optional;

/**
 * A request to a mirror.
 *
 * @param uri the file on the mirror
 * @param fromByte 0 for the whole file, else the first byte of an open-ended range
 * @param headOnly whether only the head is asked for (HEAD)
 * @param ifChanged the state that is known, if the file is asked for only if it has changed since
 */
public record MirrorRequest(URI uri, long fromByte, boolean headOnly, Optional<Validators> ifChanged) {
    static MirrorRequest of(
            Mirror mirror, RepositoryPath path, long fromByte, boolean headOnly, Optional<Validators> ifChanged) {
        return new MirrorRequest(URI.create(mirror.base() + path.toUrlPath()), fromByte, headOnly, ifChanged);
    }
}
