package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;

/**
 * Where the files of some paths come from: one or several mirrors that carry the same files.
 *
 * @param ownSegments so many segments at the beginning of such a path only say that it is of this upstream; its mirrors
 *     know the rest of the path
 * @param selector chooses among the mirrors
 * @param mirrors the same mirrors
 */
public record Upstream(int ownSegments, MirrorSelector selector, RankedMirrors mirrors) {

    /** An upstream whose mirrors are chosen by what is learned of them alone. */
    public static Upstream of(int ownSegments, RankedMirrors mirrors) {
        return new Upstream(ownSegments, mirrors, mirrors);
    }

    URI uri(RepositoryPath path, Mirror mirror) {
        return mirror.uri(path.withoutFirst(ownSegments).orElseThrow());
    }
}
