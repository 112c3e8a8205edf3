package flexo.database;

import flexo.cache.Generation;
import flexo.cache.Validators;
import flexo.download.Download;
import flexo.download.DownloadFailure;
import flexo.mirror.Mirror;
import flexo.repository.RepositoryDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What has come of a {@link DatabaseCheck}. */
sealed interface CheckResult {
    /** What comes of it in the end. */
    sealed interface End extends CheckResult {}

    /**
     * A mirror has the state that is known.
     *
     * @param offered what the mirror tells of it; empty if that has not changed
     * @param signature what the mirror has said of its signature; empty if it was not asked
     * @param staleFor how long ago a cache upstream has last heard so itself; empty if it has just now
     */
    record Confirmed(
            Mirror mirror,
            Optional<Validators> offered,
            Optional<SignatureRequest.Answer> signature,
            Optional<Duration> staleFor)
            implements End {
        Confirmed with(SignatureRequest.Answer answer) {
            return new Confirmed(mirror, offered, Optional.of(answer), staleFor);
        }
    }

    /**
     * A mirror has delivered a newer state, which is proven, and lies on disk if that takes it.
     *
     * @param offered what the mirror tells of it
     * @param contents what it lists; empty if that cannot be read, or it lists no packages
     * @param signatureFailure why it is not known whether there is a signature; empty if it is
     * @param staleFor as that of {@link Confirmed}
     */
    record Newer(
            Mirror mirror,
            Generation generation,
            Validators offered,
            Optional<RepositoryDatabase> contents,
            Optional<DownloadFailure> signatureFailure,
            Optional<Duration> staleFor)
            implements End {}

    /**
     * No mirror has confirmed the state that is known, or has delivered a newer one that can be believed.
     *
     * @param doubts why those were not believed that have delivered one
     * @param everyMirror whether each mirror that was asked has delivered one, and no other is left
     */
    record Failed(DownloadFailure why, List<Doubt> doubts, boolean everyMirror) implements End {}

    /** A newer state arrives so slowly that clients read it before it is proven. */
    record Streaming(Download download, CompletionStage<End> end) implements CheckResult {}
}
