package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.cache.Generation;
import flexo.cache.GenerationNote.Signature;
import flexo.download.Client;
import flexo.download.DownloadFailedException;
import flexo.download.DownloadFailure;
import flexo.download.Opened;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The signature of a database as a client asks for it: that of the generation the client was given, else of the latest.
 *
 * @param path the database
 * @param file its generations
 */
record DatabaseSignature(RepositoryPath path, DatabaseFile file) {
    /**
     * Opens it.
     *
     * @param given what belongs to the database that the client was given, which may be no signature; empty if it was given
     *     none of late
     * @return fails with {@link DownloadFailure.Reason#NOT_FOUND} if the database is not signed
     * @throws IOException if the cache directory cannot be read
     */
    CompletionStage<Opened> open(Client client, Optional<Optional<Signature>> given) throws IOException {
        if (given.isPresent()) {
            return opened(given.get());
        }
        Optional<Generation> present = file.known();
        if (present.isPresent()) {
            return opened(present.get().note().signature());
        }
        return file.open(client).thenCompose(database -> {
            database.content().close();
            return file.checked()
                    .thenCompose(over -> opened(file.knownNow()
                            .flatMap(generation -> generation.note().signature())));
        });
    }

    private CompletionStage<Opened> opened(Optional<Signature> signature) {
        return signature
                .<CompletionStage<Opened>>map(found -> CompletableFuture.completedFuture(
                        new Opened(new BytesContent(found.bytes(), modified(found)), Opened.Origin.HIT)))
                .orElseGet(() -> CompletableFuture.failedFuture(new DownloadFailedException(new DownloadFailure(
                        DownloadFailure.Reason.NOT_FOUND, path.signature() + ": the database is not signed"))));
    }

    private Instant modified(Signature signature) {
        return file.knownNow()
                .map(generation -> generation.note().modified(signature))
                .orElse(Instant.EPOCH);
    }
}
