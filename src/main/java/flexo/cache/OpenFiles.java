package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The files that are on their way into the cache or read from it at this moment, and the one way by which a cached file
 * ends: through a {@link Claim}. Safe for threads; nothing blocks but {@link Claim#delete}.
 *
 * <p>A file that is found for a client is opened a moment later only, and perhaps by the container, by its name. So a file
 * is claimed before it is removed, which is granted only while nobody is between the two; who begins to use it meanwhile
 * waits until the claim ends, and then finds that the file is gone. Who has opened it reads on, whatever happens to its
 * name.
 *
 * <p>The monitor guards all that changes; what is completed is completed outside of it.
 */
public class OpenFiles {
    private final Map<RepositoryPath, Users> files = new HashMap<>();

    /** Who uses one file, and who is removing it; never nobody. */
    private static final class Users {
        /** Those that may open it by its name at any moment. */
        int looking;
        /** Those that have opened it, or read it from elsewhere. */
        int settled;
        /** Those that will look for it when the claim has ended. */
        int waiting;
        /** Null if nobody is removing it. */
        Claim claim;

        boolean nobody() {
            return looking + settled + waiting == 0 && claim == null;
        }
    }

    private enum Stage {
        LOOKING,
        SETTLED,
        ENDED
    }

    /** None yet. */
    public OpenFiles() {}

    /** A use of a file begins: it is going to be looked for as soon as it is {@link Use#free}. */
    public Use begin(RepositoryPath path) {
        Use use = new Use(path);
        use.look();
        return use;
    }

    /** Whether somebody uses a file, or is removing it. */
    public synchronized boolean contains(RepositoryPath path) {
        return files.containsKey(path);
    }

    /**
     * Claims files that could as well stay.
     *
     * @return empty if one of them is in use or claimed already; else to be closed soon, since clients may be waiting
     */
    public Optional<Claim> claim(Collection<RepositoryPath> paths) {
        Claim claim = new Claim(List.copyOf(paths));
        synchronized (this) {
            if (paths.stream().anyMatch(files::containsKey)) {
                return Optional.empty();
            }
            claim.take();
        }
        claim.granted.complete(claim);
        return Optional.of(claim);
    }

    /**
     * Claims files that must not stay: as soon as all who have found one of them have opened it. Who comes later waits.
     *
     * @param patience lets it be granted in any case when it is completed
     * @return completed with the claim, to be closed soon, by any thread; never exceptionally
     */
    public CompletionStage<Claim> claimWhenSettled(Collection<RepositoryPath> paths, CompletionStage<Void> patience) {
        Claim claim = new Claim(List.copyOf(paths));
        Optional<Claim> former;
        synchronized (this) {
            former = paths.stream()
                    .map(files::get)
                    .filter(users -> users != null && users.claim != null)
                    .map(users -> users.claim)
                    .findFirst();
            if (former.isEmpty()) {
                claim.take();
            }
        }
        if (former.isPresent()) {
            return former.get().ended.thenCompose(ended -> claimWhenSettled(paths, patience));
        }
        var unused = patience.thenRun(() -> claim.granted.complete(claim));
        claim.grantIfNobodyIsAhead();
        return claim.granted;
    }

    /** One use of a file, which ends some time. */
    public final class Use {
        private final RepositoryPath path;
        /** Null before it has begun. */
        private Stage stage;
        /** The one that was there when it began to look; null if none was. */
        private Claim behind;

        private Use(RepositoryPath path) {
            this.path = path;
        }

        /** The file. */
        public RepositoryPath path() {
            return path;
        }

        /** When the file may be looked for: now, unless it is being removed; then completed by whoever removes it. */
        public CompletionStage<Void> free() {
            synchronized (OpenFiles.this) {
                return behind == null ? CompletableFuture.completedFuture(null) : behind.ended;
            }
        }

        /** It has opened the file, or is not going to: the file may lose its name. */
        public void settle() {
            become(Stage.SETTLED);
        }

        /** It is going to look for the file again, as soon as that is {@link #free}. */
        public void look() {
            become(Stage.LOOKING);
        }

        /** It ends, if it has not ended yet. */
        public void end() {
            become(Stage.ENDED);
        }

        private void become(Stage next) {
            Claim ahead;
            synchronized (OpenFiles.this) {
                if (stage == next || stage == Stage.ENDED) {
                    return;
                }
                Users users = files.computeIfAbsent(path, unused -> new Users());
                ahead = leave(users);
                stage = next;
                enter(users);
                if (users.nobody()) {
                    files.remove(path);
                }
            }
            if (ahead != null) {
                ahead.grantIfNobodyIsAhead();
            }
        }

        /** Returns the claim that has waited for it; null if none has. */
        private Claim leave(Users users) {
            if (stage == Stage.SETTLED) {
                users.settled--;
            } else if (stage == Stage.LOOKING && users.claim != null && users.claim == behind) {
                users.waiting--;
            } else if (stage == Stage.LOOKING) {
                users.looking--;
                return users.claim;
            }
            return null;
        }

        private void enter(Users users) {
            if (stage == Stage.SETTLED) {
                users.settled++;
            } else if (stage == Stage.LOOKING) {
                behind = users.claim;
                if (behind == null) {
                    users.looking++;
                } else {
                    users.waiting++;
                }
            }
        }
    }

    /** The right to remove files; whoever has it closes it soon. */
    public final class Claim implements AutoCloseable {
        private final List<RepositoryPath> paths;
        private final CompletableFuture<Claim> granted = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Claim(List<RepositoryPath> paths) {
            this.paths = paths;
        }

        /** Under the monitor. */
        private void take() {
            paths.forEach(path -> files.computeIfAbsent(path, unused -> new Users()).claim = this);
        }

        private void grantIfNobodyIsAhead() {
            boolean ahead;
            synchronized (OpenFiles.this) {
                // When patience was over it may just be ending, and its files be nobody's, or another claim's.
                ahead = paths.stream()
                        .map(files::get)
                        .anyMatch(users -> users != null && users.claim == this && users.looking > 0);
            }
            if (!ahead) {
                granted.complete(this);
            }
        }

        /**
         * Removes files, the only place where a file of the cache loses its name for good.
         *
         * @param names in the order in which they go: whatever is left after a crash in between is cleared away by a sweep
         * @return whether the first of them was there
         * @throws IOException if the disk refuses
         */
        public boolean delete(List<Path> names) throws IOException {
            boolean first = false;
            for (Path name : names) {
                boolean wasThere = Files.deleteIfExists(name);
                first |= wasThere && name.equals(names.get(0));
            }
            return first;
        }

        /** Ends it; who has begun to use one of the files goes on. */
        @Override
        public void close() {
            synchronized (OpenFiles.this) {
                if (ended.isDone()) {
                    return;
                }
                for (RepositoryPath path : paths) {
                    Users users = files.get(path);
                    users.claim = null;
                    users.looking += users.waiting;
                    users.waiting = 0;
                    if (users.nobody()) {
                        files.remove(path);
                    }
                }
            }
            ended.complete(null);
        }
    }
}
