package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.Generation;
import flexo.database.CheckResult.Confirmed;
import flexo.database.CheckResult.End;
import flexo.database.CheckResult.Streaming;
import flexo.download.Admission;
import flexo.download.Client;
import flexo.download.Download;
import flexo.download.DownloadContext;
import flexo.download.DownloadFailure;
import flexo.download.Failover;
import flexo.mirror.MirrorFailure;
import flexo.repository.SignaturePacket;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One check of a database: a download of any state newer than a {@link Snapshot}, and its result.
 *
 * <p>A mirror without a newer state is asked for the signature of the known one, which may be published late or be
 * renewed.
 */
final class DatabaseCheck {
    private static final Logger LOG = Logger.getLogger(DatabaseCheck.class.getName());

    private final DownloadContext context;
    private final Snapshot snapshot;
    private final boolean signatureToo;
    private final DatabasePolicy policy;
    private final Download download;
    private final Failover failover;

    /**
     * A check that has not begun.
     *
     * @param client the client that needs it; empty for a background check
     * @param signatureToo whether to ask for the signature of an unchanged database
     */
    DatabaseCheck(
            DownloadContext context,
            GenerationStore store,
            Snapshot snapshot,
            Optional<Client> client,
            boolean signatureToo) {
        this.context = context;
        this.snapshot = snapshot;
        this.signatureToo = signatureToo;
        this.policy = new DatabasePolicy(context, store, snapshot);
        this.download =
                new Download(snapshot.path()).handingOn(client.map(Client::via).orElse(""));
        this.failover = new Failover(
                context,
                download,
                policy,
                false,
                client.map(asking -> Admission.Wish.of(Admission.Share.DATABASES, asking))
                        .orElseGet(() -> Admission.Wish.ofOurs(Admission.Share.DATABASES, Admission.Urgency.WHENEVER)),
                Optional.empty(),
                () -> {});
    }

    /**
     * Runs the check.
     *
     * @return the result: {@link Streaming} if clients can read before it is final, else the final one; completed
     *     before clients get the last byte, never exceptionally
     */
    CompletionStage<CheckResult> run() {
        CompletionStage<End> end = policy.outcome().thenCompose(this::withSignature);
        CompletableFuture<CheckResult> first = new CompletableFuture<>();
        var unused = CompletableFuture.allOf(
                download.started()
                        .thenAccept(content -> first.complete(new Streaming(download, end)))
                        .toCompletableFuture(),
                end.thenAccept(first::complete).toCompletableFuture(),
                download.over().thenRun(this::over).toCompletableFuture());
        failover.start();
        return first;
    }

    private void over() {
        download.failure().ifPresent(policy::failed);
        // The check was the first reader.
        download.close();
    }

    private CompletionStage<End> withSignature(End end) {
        if (!signatureToo || !(end instanceof Confirmed confirmed)) {
            return CompletableFuture.completedFuture(end);
        }
        RepositoryPath signature = snapshot.path().signature();
        return SignatureRequest.send(context, confirmed.mirror(), signature)
                .thenApplyAsync(answer -> confirmed.with(fitting(answer)), context.storage());
    }

    /** While a mirror synchronises, it may have the signature of another state. */
    private SignatureRequest.Answer fitting(SignatureRequest.Answer answer) {
        return answer instanceof SignatureRequest.Answer.Found found
                        && !mayBelongTo(
                                snapshot.known().orElseThrow(),
                                found.signature().bytes())
                ? new SignatureRequest.Answer.Failed(
                        MirrorFailure.OUTDATED, "has a signature that belongs to another state of the database")
                : answer;
    }

    private boolean mayBelongTo(Generation known, byte[] signature) {
        try {
            Optional<SignaturePacket> packet = SignaturePacket.parse(signature);
            return packet.isEmpty() || packet.get().mayBelongTo(known.stream());
        } catch (IOException e) {
            LOG.log(Level.WARNING, snapshot.path() + ": could not be compared with its signature", e);
            return false;
        }
    }

    /** Adds a waiting client. */
    void wantedBy(Client client) {
        failover.wantedBy(client);
    }

    /** Cancels the check. */
    void cancel(DownloadFailure why) {
        failover.cancel(why);
    }

    /** The state it began with. */
    Snapshot snapshot() {
        return snapshot;
    }

    /** Whether its result covers the signature, too. */
    boolean signatureToo() {
        return signatureToo;
    }

    /** Completed when no bytes of it are being written to the disk any more. */
    CompletionStage<Void> settled() {
        return download.over();
    }
}
