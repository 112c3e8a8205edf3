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
 * The mirrors of the official repositories.
 *
 * @param method the source of the list of mirrors
 * @param predefined in order, without duplicates; the method PREDEFINED requires at least one, or a mirrorlist
 * @param mirrorlist the path of a pacman mirrorlist whose mirrors follow the predefined ones; empty if there is none
 * @param provisional used until a mirror has been selected
 * @param statusDocuments the URLs of the mirror status document in the order of use; may contain credentials
 * @param criteria the selection criteria of the method AUTO
 * @param refreshTestsAfter the age at which results of mirror tests expire, positive
 * @param testResultsFile the file of test results, absolute
 * @param fallbackFile the text file of ranked mirrors, absolute
 * @param order the ranking of mirrors, including those of unofficial repositories
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
    public OfficialMirrors {
        predefined = List.copyOf(predefined);
        statusDocuments = List.copyOf(statusDocuments);
    }

    /** {@return a short text without the URLs, which may contain credentials} */
    @Override
    public String toString() {
        return "OfficialMirrors[" + method + ", predefined=" + predefined.size() + ", " + criteria + "]";
    }
}
