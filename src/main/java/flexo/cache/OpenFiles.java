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
 * Tracks the files that are being downloaded or read, and grants {@link Claim}s, the only way to remove a cached file.
 * Thread-safe; only {@link Claim#delete} blocks.
 *
 * <p>A file that was found for a client is opened only a moment later, perhaps by the container, by its name. So a
 * removal must be claimed first, and a claim is granted only while no user is between the two steps; a user that begins
 * meanwhile waits until the claim ends, and then finds the file gone. A user that has opened the file can read on,
 * whatever happens to its name.
 *
 * <p>The monitor guards all mutable state; futures are completed outside of it.
 */
public class OpenFiles {
    private final Map<RepositoryPath, Users> files = new HashMap<>();

    /** The users and the claim of one file; never empty. */
    private static final class Users {
        /** Users that may open it by its name at any moment. */
        int looking;
        /** Users that have opened it, or read it from elsewhere. */
        int settled;
        /** Users that will look for it when the claim has ended. */
        int waiting;
        /** Null without a claim. */
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

    public OpenFiles() {}

    /** Begins a use of a file: it can be looked for once it is {@link Use#free}. */
    public Use begin(RepositoryPath path) {
        Use use = new Use(path);
        use.look();
        return use;
    }

    /** Whether a file is in use or claimed. */
    public synchronized boolean contains(RepositoryPath path) {
        return files.containsKey(path);
    }

    /**
     * Claims files that may as well stay.
     *
     * @return empty if one of them is in use or claimed; otherwise close it soon, since clients may be waiting
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
     * Claims files that must go, as soon as every user that has found one of them has opened it. New users wait.
     *
     * @param patience its completion grants the claim in any case
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

    /** One use of a file. */
    public final class Use {
        private final RepositoryPath path;
        /** Null before it has begun. */
        private Stage stage;
        /** The claim that existed when it began to look; null if there was none. */
        private Claim behind;

        private Use(RepositoryPath path) {
            this.path = path;
        }

        public RepositoryPath path() {
            return path;
        }

        /**
         * Completed when the file may be looked for: at once, unless it is being removed; then by the claim's owner.
         */
        public CompletionStage<Void> free() {
            synchronized (OpenFiles.this) {
                return behind == null ? CompletableFuture.completedFuture(null) : behind.ended;
            }
        }

        /** The user has opened the file, or will not: the file may lose its name. */
        public void settle() {
            become(Stage.SETTLED);
        }

        /** The user will look for the file again, as soon as it is {@link #free}. */
        public void look() {
            become(Stage.LOOKING);
        }

        /** Ends the use, if it has not ended yet. */
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

        /** Returns the claim that has waited for this use; null if none has. */
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

    /** The right to remove files; its owner closes it soon. */
    public final class Claim implements AutoCloseable {
        private final List<RepositoryPath> paths;
        private final CompletableFuture<Claim> granted = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Claim(List<RepositoryPath> paths) {
            this.paths = paths;
        }

        /** Guarded by the monitor. */
        private void take() {
            paths.forEach(path -> files.computeIfAbsent(path, unused -> new Users()).claim = this);
        }

        private void grantIfNobodyIsAhead() {
            boolean ahead;
            synchronized (OpenFiles.this) {
                // If patience has run out, it may be ending right now, and its files be unclaimed or claimed by
                // another.
                ahead = paths.stream()
                        .map(files::get)
                        .anyMatch(users -> users != null && users.claim == this && users.looking > 0);
            }
            if (!ahead) {
                granted.complete(this);
            }
        }

        /**
         * Removes files; the only place where a file of the cache loses its name for good.
         *
         * @param names in the order of deletion; after a crash in between, a sweep removes the rest
         * @return whether the first existed
         * @throws IOException on a disk error
         */
        public boolean delete(List<Path> names) throws IOException {
            boolean first = false;
            for (Path name : names) {
                boolean wasThere = Files.deleteIfExists(name);
                first |= wasThere && name.equals(names.get(0));
            }
            return first;
        }

        /** Ends the claim; users that have begun to use one of the files proceed. */
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
