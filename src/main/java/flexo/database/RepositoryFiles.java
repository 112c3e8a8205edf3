package flexo.database;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.download.Client;
import flexo.download.Downloads;
import flexo.download.FileSource;
import flexo.download.Opened;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** All files of a mirror: mutable ones come from the {@link Databases}, the others from the {@link Downloads}. */
public final class RepositoryFiles implements FileSource {
    private final Databases databases;
    private final Downloads downloads;
    private final Consumer<RepositoryPath> whenUsed;

    /**
     * Routes each file to one of the two.
     *
     * @param whenUsed receives each file that a client is given; must not block
     */
    public RepositoryFiles(Databases databases, Downloads downloads, Consumer<RepositoryPath> whenUsed) {
        this.databases = databases;
        this.downloads = downloads;
        this.whenUsed = whenUsed;
    }

    @Override
    public CompletionStage<Opened> open(RepositoryPath path, Client client) throws IOException {
        return source(path).open(path, client).thenApply(opened -> {
            whenUsed.accept(path);
            return opened;
        });
    }

    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path, Client client) throws IOException {
        return source(path).openHead(path, client);
    }

    @Override
    public CompletionStage<Opened> openCached(RepositoryPath path, Client client) throws IOException {
        // Not by source(), which looks for the database of a package.
        return (path.kind().mutable() ? databases : downloads).openCached(path, client);
    }

    private FileSource source(RepositoryPath path) {
        if (path.kind() == FileKind.PACKAGE) {
            databases.packageAsked(path);
        }
        return path.kind().mutable() ? databases : downloads;
    }
}
