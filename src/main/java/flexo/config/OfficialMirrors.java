package flexo.config;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorCriteria;
import flexo.mirror.MirrorsOrder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the official repositories are fetched from.
 *
 * @param method where mirrors come from
 * @param predefined in order, each once; if the method is predefined there is one, or a mirrorlist
 * @param mirrorlist a file in pacman's format whose mirrors come after the predefined ones; empty if there is none
 * @param provisional used as long as no mirror has been selected
 * @param statusDocuments where the mirror status document is to be had, in the order to be tried; may carry credentials
 * @param criteria by which they are chosen, if the method is auto
 * @param refreshTestsAfter the age at which results of mirror tests no longer count, positive
 * @param testResultsFile where these are kept, absolute
 * @param fallbackFile where the ranked mirrors are kept as text, absolute
 * @param order what counts first among mirrors, those of unofficial repositories too
 */
public record OfficialMirrors(
        MirrorSelectionMethod method,
        List<Mirror> predefined,
        Optional<Path> mirrorlist,
        Mirror provisional,
        List<URI> statusDocuments,
        MirrorCriteria criteria,
        Duration refreshTestsAfter,
        Path testResultsFile,
        Path fallbackFile,
        MirrorsOrder order) {
    /** Copies the lists. */
    public OfficialMirrors {
        predefined = List.copyOf(predefined);
        statusDocuments = List.copyOf(statusDocuments);
    }

    /** {@return a short text without the URLs, which may carry credentials} */
    @Override
    public String toString() {
        return "OfficialMirrors[" + method + ", predefined=" + predefined.size() + ", " + criteria + "]";
    }
}
