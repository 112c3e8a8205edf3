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
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Judges a group of files at one moment: cached files by {@link RetentionPolicy}, and stray files left by a crash or by
 * hand. Databases and files in use stay.
 *
 * <p>A symbolic link counts as a version like any other, so it goes when it is old. Its target is judged in its own
 * directory. A link frees nothing, so it is never evicted to make room.
 */
final class GroupJudge {
    /** A file this young may still be being copied into the cache. */
    static final Duration BEING_WRITTEN = Duration.ofSeconds(10);
    /** A signature may be fetched long before its package. */
    static final Duration SIGNATURE_WAITS = Duration.ofHours(1);
    /** The time for which the bytes of a broken download can be resumed. */
    static final Duration LEFTOVER_WAITS = Duration.ofDays(7);

    private final Instant now;
    private final RetentionPolicy policy;
    private final RetentionSettings settings;
    private final LastUses uses;
    private final OpenFiles openFiles;
    private final Predicate<RepositoryPath> listed;
    private final PackageCache cache;

    /**
     * Judges at this moment.
     *
     * @param now the present
     * @param listed whether the current database of its repository lists a package file
     */
    GroupJudge(
            Instant now,
            RetentionSettings settings,
            LastUses uses,
            OpenFiles openFiles,
            Predicate<RepositoryPath> listed,
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
     * Judges a group.
     *
     * @return the stray files, then the cached files in the order of removal
     * @throws IOException if a file cannot be examined
     */
    List<Verdict> judge(FileGroup group) throws IOException {
        RetentionRules rules = settings.rulesOf(group.place());
        List<Verdict> verdicts = new ArrayList<>();
        List<CachedFile> packages = new ArrayList<>();
        List<CachedFile> others = new ArrayList<>();
        for (String name : group.files().keySet()) {
            Optional<RepositoryPath> path = group.target(name);
            if (path.isPresent()) {
                try {
                    Optional<RemovalReason> leftover = leftover(group, name, path.get());
                    if (leftover.isPresent()) {
                        verdicts.add(goes(group, name, path.get(), leftover.get()));
                    } else if (isCachedFile(group, name, path.get())) {
                        CachedFile file = cachedFile(group, name, path.get());
                        (file.packageName().isPresent() ? packages : others).add(file);
                    }
                } catch (NoSuchFileException e) {
                    // Removed by somebody else.
                }
            }
        }
        verdicts.addAll(policy.judge(packages, rules));
        others.forEach(file -> verdicts.addAll(policy.judge(List.of(file), rules)));
        return verdicts;
    }

    /**
     * Whether a file is served to clients and not stray; a signature belongs to its file, and databases always stay.
     */
    private boolean isCachedFile(FileGroup group, String name, RepositoryPath path) throws IOException {
        if (SidecarName.parse(name).isPresent()) {
            return false;
        }
        boolean isPackage = PackageFileName.parse(name).isPresent();
        return switch (path.kind()) {
            case DATABASE, DATABASE_SIGNATURE -> false;
            case SIGNATURE -> PackageFileName.parseSignature(name).isEmpty() && !group.has(signed(name));
            default -> !(isPackage && group.isEmpty(name)) && !isPartialOfFlexo(group, name, path);
        };
    }

    private CachedFile cachedFile(FileGroup group, String name, RepositoryPath path) throws IOException {
        List<String> names = namesOf(group, name);
        Optional<Instant> used = uses.lastUse(path);
        return new CachedFile(
                path,
                PackageFileName.parse(name),
                names,
                bytes(group, names),
                used,
                // Reads the disk.
                used.isPresent() ? now : put(group, path),
                openFiles.contains(path) || openFiles.contains(path.signature()),
                listed.test(path));
    }

    private Instant put(FileGroup group, RepositoryPath path) throws IOException {
        Duration ago = uses.since(group.changed(path.fileName()), now);
        if (ago.isNegative()) {
            // A clock that was wrong once must not keep the file for years, so its age starts now.
            uses.inherit(path, now);
        }
        return now.minus(ago);
    }

    private Verdict goes(FileGroup group, String name, RepositoryPath path, RemovalReason reason) {
        Optional<SidecarName> sidecar = SidecarName.parse(name);
        List<String> names = sidecar.isEmpty()
                ? existing(group, name, SidecarName.of(Kind.FLEXO_SIZE, name))
                : sidecar.get().kind() == Kind.PART
                        ? existing(group, name, sidecar.get().with(Kind.PROMISE))
                        : List.of(name);
        CachedFile file =
                new CachedFile(path, Optional.empty(), names, bytes(group, names), Optional.empty(), now, false, false);
        return new Verdict(file, Optional.of(reason), now, false);
    }

    /**
     * The reason to remove a file that is not a complete cached file and belongs to none; empty if it stays for now.
     */
    private Optional<RemovalReason> leftover(FileGroup group, String name, RepositoryPath path) throws IOException {
        Optional<SidecarName> sidecar = SidecarName.parse(name);
        boolean signature = PackageFileName.parseSignature(name).isPresent();
        if (openFiles.contains(path)) {
            return Optional.empty();
        }
        if (sidecar.isPresent()) {
            return leftover(group, name, sidecar.get(), path);
        }
        if (group.isEmpty(name) && (signature || PackageFileName.parse(name).isPresent())) {
            return since(group, name, BEING_WRITTEN, RemovalReason.EMPTY);
        }
        if (signature) {
            boolean waits = group.has(signed(name))
                    || group.files().keySet().stream().anyMatch(other -> isPartOf(signed(name), other))
                    || group.path(signed(name)).map(openFiles::contains).orElse(false);
            return waits ? Optional.empty() : since(group, name, SIGNATURE_WAITS, RemovalReason.ORPHAN_SIGNATURE);
        }
        return isPartialOfFlexo(group, name, path)
                ? since(group, name, LEFTOVER_WAITS, RemovalReason.LEFTOVER)
                : Optional.empty();
    }

    private static boolean isPartOf(String packageName, String other) {
        return SidecarName.parse(other)
                .filter(it -> it.kind() == Kind.PART && it.target().equals(packageName))
                .isPresent();
    }

    private Optional<RemovalReason> leftover(FileGroup group, String name, SidecarName sidecar, RepositoryPath target)
            throws IOException {
        boolean targetThere = group.has(sidecar.target());
        boolean partThere = group.has(sidecar.with(Kind.PART));
        boolean promiseThere = group.has(sidecar.with(Kind.PROMISE));
        Duration young = sidecar.isOfNobodyKnown() ? LEFTOVER_WAITS : BEING_WRITTEN;
        return switch (sidecar.kind()) {
            case PART -> {
                boolean useless = !promiseThere
                        || group.isEmpty(name)
                        || (targetThere && cache.find(target).isPresent());
                yield useless
                        ? since(group, name, young, RemovalReason.USELESS_PART)
                        : since(group, name, LEFTOVER_WAITS, RemovalReason.LEFTOVER);
            }
            case PROMISE -> partThere ? Optional.empty() : since(group, name, young, RemovalReason.ORPHAN_NOTE);
            case FLEXO_SIZE -> targetThere ? Optional.empty() : since(group, name, young, RemovalReason.ORPHAN_NOTE);
        };
    }

    /** The original Flexo kept partial files under their final names. */
    private boolean isPartialOfFlexo(FileGroup group, String name, RepositoryPath path) throws IOException {
        return group.has(SidecarName.of(Kind.FLEXO_SIZE, name))
                && !group.isLink(name)
                && cache.find(path).isEmpty();
    }

    /** A file and its companions, the file first: it must never exist without its signature. */
    private static List<String> namesOf(FileGroup group, String name) {
        return existing(group, name, name + FileGroups.SIGNATURE_SUFFIX, SidecarName.of(Kind.FLEXO_SIZE, name));
    }

    private static String signed(String signatureName) {
        return signatureName.substring(0, signatureName.length() - FileGroups.SIGNATURE_SUFFIX.length());
    }

    private static List<String> existing(FileGroup group, String... names) {
        return Stream.of(names).filter(group::has).toList();
    }

    private static long bytes(FileGroup group, List<String> names) {
        return names.stream().mapToLong(group::bytes).sum();
    }

    /** The reason, if the file has not changed for that long. */
    private Optional<RemovalReason> since(FileGroup group, String name, Duration age, RemovalReason reason)
            throws IOException {
        return uses.since(group.changed(name), now).compareTo(age) > 0 ? Optional.of(reason) : Optional.empty();
    }
}
