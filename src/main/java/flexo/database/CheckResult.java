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

/** The result of a {@link DatabaseCheck}. */
sealed interface CheckResult {
    /** A final result. */
    sealed interface End extends CheckResult {}

    /**
     * A mirror has the known state.
     *
     * @param offered the mirror's validators; empty if they have not changed
     * @param signature the mirror's answer about the signature; empty if it was not asked
     * @param staleFor the age of that information in an upstream cache; empty if it is fresh
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
     * A mirror has delivered a newer state, which is verified, and on disk unless the disk refused it.
     *
     * @param offered the mirror's validators
     * @param contents its packages; empty if it cannot be read, or lists none
     * @param signatureFailure the reason why the signature is unknown; empty if it is known
     * @param staleFor as for {@link Confirmed}
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
     * No mirror has confirmed the known state or delivered a credible newer one.
     *
     * @param doubts the reasons for not believing delivered states
     * @param everyMirror whether every mirror that was asked has delivered one, and no other is left
     */
    record Failed(DownloadFailure why, List<Doubt> doubts, boolean everyMirror) implements End {}

    /** A newer state arrives so slowly that clients read it before it is verified. */
    record Streaming(Download download, CompletionStage<End> end) implements CheckResult {}
}
