package flexo.retention;

import flexo.alpm.PackageFileName;
import flexo.alpm.RepositoryPath;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.SidecarName;
import flexo.cache.SidecarName.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Judges a group of files at one moment: packages by {@link RetentionPolicy}, and what a crash, or somebody's hand, left
 * beside them. Nothing that is in use is doomed, and nothing that is neither a package, nor its signature, nor ours.
 *
 * <p>A symbolic link is a version like any other, so it goes when it is old; what it leads to is judged where that lies.
 * A link frees nothing, so it never goes to make room.
 */
final class GroupJudge {
    /** What is so young may just be being written by somebody who copies files into the cache. */
    static final Duration BEING_WRITTEN = Duration.ofSeconds(10);
    /** A signature may be fetched long before its package is. */
    static final Duration SIGNATURE_WAITS = Duration.ofHours(1);
    /** How long the bytes of a download that broke off are kept to be resumed. */
    static final Duration LEFTOVER_WAITS = Duration.ofDays(7);

    private final Instant now;
    private final RetentionPolicy policy;
    private final RetentionSettings settings;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final ListedFiles listed;
    private final PackageCache cache;

    /**
     * A judge of one moment.
     *
     * @param now the present
     */
    GroupJudge(
            Instant now,
            RetentionSettings settings,
            LastUses uses,
            OpenFiles openFiles,
            ListedFiles listed,
            PackageCache cache) {
        this.now = now;
        this.policy = new RetentionPolicy(now, uses.recordedSince());
        this.settings = settings;
        this.uses = uses;
        this.openFiles = openFiles;
        this.listed = listed;
        this.cache = cache;
    }

    /**
     * Judges.
     *
     * @throws IOException if a file cannot be looked at
     */
    GroupVerdict judge(FileGroup group) throws IOException {
        List<Doomed> doomed = new ArrayList<>();
        List<PackageFile> packages = new ArrayList<>();
        for (String name : group.files().keySet()) {
            Optional<RepositoryPath> path = group.target(name);
            if (path.isPresent()) {
                try {
                    judge(group, name, path.get(), doomed, packages);
                } catch (NoSuchFileException e) {
                    // Somebody else tidies up too: it is as if it had never been there.
                }
            }
        }
        List<GroupVerdict.Spare> spare = new ArrayList<>();
        long bytesInUse = 0;
        boolean heldUp = false;
        for (Verdict verdict : policy.judge(packages, settings.rulesOf(group.place()))) {
            heldUp |= verdict.heldUp();
            if (verdict.file().inUse()) {
                bytesInUse += verdict.file().bytes();
            } else {
                PackageFileName name = verdict.file().name();
                Removal removal = new Removal(
                        group.path(name.toString()).orElseThrow(),
                        verdict.reason().orElse(RemovalReason.CACHE_SIZE),
                        verdict.file().bytes());
                Doomed it = new Doomed(removal, namesOf(group, name));
                if (verdict.reason().isPresent()) {
                    doomed.add(it);
                } else {
                    spare.add(new GroupVerdict.Spare(verdict.lastUse(), it));
                }
            }
        }
        return new GroupVerdict(doomed, spare, bytesInUse, heldUp);
    }

    private void judge(
            FileGroup group, String name, RepositoryPath path, List<Doomed> doomed, List<PackageFile> packages)
            throws IOException {
        Optional<SidecarName> sidecar = SidecarName.parse(name);
        Optional<PackageFileName> packageName = PackageFileName.parse(name);
        Optional<PackageFileName> signed = PackageFileName.parseSignature(name);
        Optional<RemovalReason> reason = Optional.empty();
        if (sidecar.isPresent()) {
            reason = openFiles.contains(path) ? Optional.empty() : reasonOfSidecar(group, name, sidecar.get(), path);
        } else if (packageName.isPresent()) {
            if (group.isEmpty(name)) {
                reason = reasonOfEmpty(group, name, path);
            } else if (isPartialOfFlexo(group, name, path)) {
                reason = isOlder(group, name, LEFTOVER_WAITS) && !openFiles.contains(path)
                        ? Optional.of(RemovalReason.LEFTOVER)
                        : Optional.empty();
            } else {
                packages.add(packageFile(group, packageName.get(), path));
            }
        } else if (signed.isPresent()) {
            reason = reasonOfSignature(group, name, signed.get(), path);
        }
        if (reason.isPresent()) {
            List<String> names = namesToGo(group, name, sidecar);
            doomed.add(new Doomed(
                    new Removal(
                            path,
                            reason.get(),
                            names.stream().mapToLong(group::bytes).sum()),
                    names));
        }
    }

    private PackageFile packageFile(FileGroup group, PackageFileName name, RepositoryPath path) throws IOException {
        Optional<Instant> used = uses.lastUse(path);
        return new PackageFile(
                name,
                namesOf(group, name).stream().mapToLong(group::bytes).sum(),
                used,
                // Costs a look at the disk.
                used.isPresent() ? now : put(group, path),
                openFiles.contains(path) || openFiles.contains(path.signature()),
                listed.lists(path));
    }

    private Instant put(FileGroup group, RepositoryPath path) throws IOException {
        Duration ago = uses.since(group.changed(path.fileName()), now);
        if (ago.isNegative()) {
            // A clock that was wrong once must not keep it for years: it counts from now on.
            uses.inherit(path, now);
        }
        return now.minus(ago);
    }

    private Optional<RemovalReason> reasonOfEmpty(FileGroup group, String name, RepositoryPath path)
            throws IOException {
        return isOlder(group, name, BEING_WRITTEN) && !openFiles.contains(path)
                ? Optional.of(RemovalReason.EMPTY)
                : Optional.empty();
    }

    private Optional<RemovalReason> reasonOfSignature(
            FileGroup group, String name, PackageFileName signed, RepositoryPath path) throws IOException {
        if (group.isEmpty(name)) {
            return reasonOfEmpty(group, name, path);
        }
        String packageName = signed.toString();
        boolean orphan = !group.has(packageName)
                && group.files().keySet().stream().noneMatch(other -> isPartOf(packageName, other))
                && isOlder(group, name, SIGNATURE_WAITS)
                && !openFiles.contains(path)
                && !group.path(packageName).map(openFiles::contains).orElse(false);
        return orphan ? Optional.of(RemovalReason.ORPHAN_SIGNATURE) : Optional.empty();
    }

    private static boolean isPartOf(String packageName, String other) {
        return SidecarName.parse(other)
                .filter(it -> it.kind() == Kind.PART && it.target().equals(packageName))
                .isPresent();
    }

    private Optional<RemovalReason> reasonOfSidecar(
            FileGroup group, String name, SidecarName sidecar, RepositoryPath target) throws IOException {
        boolean targetThere = group.has(sidecar.target());
        boolean partThere = group.has(sidecar.with(Kind.PART));
        boolean promiseThere = group.has(sidecar.with(Kind.PROMISE));
        if (!isOlder(group, name, sidecar.isOfNobodyKnown() ? LEFTOVER_WAITS : BEING_WRITTEN)) {
            return Optional.empty();
        }
        return switch (sidecar.kind()) {
            case PART -> {
                if (!promiseThere
                        || group.isEmpty(name)
                        || (targetThere && cache.find(target).isPresent())) {
                    yield Optional.of(RemovalReason.USELESS_PART);
                }
                yield isOlder(group, name, LEFTOVER_WAITS) ? Optional.of(RemovalReason.LEFTOVER) : Optional.empty();
            }
            case PROMISE -> partThere ? Optional.empty() : Optional.of(RemovalReason.ORPHAN_NOTE);
            case FLEXO_SIZE -> targetThere ? Optional.empty() : Optional.of(RemovalReason.ORPHAN_NOTE);
        };
    }

    /** Flexo kept partial files under their real names. */
    private boolean isPartialOfFlexo(FileGroup group, String name, RepositoryPath path) throws IOException {
        return group.has(SidecarName.of(Kind.FLEXO_SIZE, name))
                && !group.isLink(name)
                && cache.find(path).isEmpty();
    }

    /** A package and what goes with it: first itself, so that there never is one without its signature. */
    private static List<String> namesOf(FileGroup group, PackageFileName name) {
        return existing(group, name.toString(), name.signature(), SidecarName.of(Kind.FLEXO_SIZE, name.toString()));
    }

    private static List<String> namesToGo(FileGroup group, String name, Optional<SidecarName> sidecar) {
        if (sidecar.isEmpty()) {
            return existing(group, name, SidecarName.of(Kind.FLEXO_SIZE, name));
        }
        return sidecar.get().kind() == Kind.PART
                ? existing(group, name, sidecar.get().with(Kind.PROMISE))
                : List.of(name);
    }

    private static List<String> existing(FileGroup group, String... names) {
        return Stream.of(names).filter(group::has).toList();
    }

    private boolean isOlder(FileGroup group, String name, Duration age) throws IOException {
        return uses.since(group.changed(name), now).compareTo(age) > 0;
    }
}
