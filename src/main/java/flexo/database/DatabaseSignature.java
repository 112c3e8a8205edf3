package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.cache.Generation;
import flexo.cache.GenerationNote;
import flexo.cache.GenerationNote.Signature;
import flexo.database.GivenSignatures.Given;
import flexo.download.Client;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.Opened;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The signature of a database for a client: that of the state the client was given a moment ago, else of the latest,
 * which is checked like the database itself.
 *
 * @param path the database
 * @param file its generations
 */
record DatabaseSignature(RepositoryPath path, DatabaseFile file) {
    /**
     * Opens it.
     *
     * @param given the state the client was given a moment ago; empty if there is none
     * @return fails with {@link DownloadFailure.Reason#NOT_FOUND} if the database is not signed
     */
    CompletionStage<Opened> open(Client client, Optional<Given> given) {
        Optional<GenerationNote> latest = file.known().map(Generation::note);
        if (given.isPresent()
                && latest.filter(note -> note.sha256().equals(given.get().sha256()))
                        .isEmpty()) {
            return opened(given.get().signature());
        }
        return file.checkedWithSignature(client, given.isPresent()).thenCompose(over -> {
            Optional<GenerationNote> now = file.known().map(Generation::note);
            return opened(given.filter(had -> now.filter(note -> note.sha256().equals(had.sha256()))
                            .isEmpty())
                    .map(Given::signature)
                    .orElseGet(() -> now.flatMap(GenerationNote::signature)));
        });
    }

    private CompletionStage<Opened> opened(Optional<Signature> signature) {
        return signature
                .<CompletionStage<Opened>>map(found -> CompletableFuture.completedFuture(
                        new Opened(new BytesContent(found.bytes(), modified(found)), Opened.Origin.HIT)))
                .orElseGet(() -> CompletableFuture.failedFuture(new DownloadFailedException(file.signatureFailure()
                        .orElseGet(() -> new DownloadFailure(
                                DownloadFailure.Reason.NOT_FOUND,
                                path.signature() + ": the database is not signed")))));
    }

    private Instant modified(Signature signature) {
        return file.known()
                .map(generation -> generation.note().modified(signature))
                .orElse(Instant.EPOCH);
    }
}
