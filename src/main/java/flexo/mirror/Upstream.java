package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;

/**
 * The mirrors that serve some paths; all carry the same files.
 *
 * @param ownSegments the number of leading path segments that only identify this upstream; its mirrors know the rest of
 *     the path
 * @param selector chooses among the mirrors
 * @param mirrors the same mirrors
 */
public record Upstream(int ownSegments, MirrorSelector selector, RankedMirrors mirrors) {

    /** An upstream whose mirrors are chosen only by their ranking and use. */
    public static Upstream of(int ownSegments, RankedMirrors mirrors) {
        return new Upstream(ownSegments, mirrors, mirrors);
    }

    URI uri(RepositoryPath path, Mirror mirror) {
        return mirror.uri(path.withoutFirst(ownSegments).orElseThrow());
    }
}
