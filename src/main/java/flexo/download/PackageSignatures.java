package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import flexo.cache.RecentlyUsed;
import flexo.cache.WrongFiles;
import flexo.repository.SignaturePacket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Checks whether signatures may belong to the packages beside them: mirrors replace the two one after the other.
 *
 * <p>A package is read once for all its signatures: its digest is kept, in memory and bounded. Thread-safe.
 */
final class PackageSignatures {
    private static final int PART_OF_HEAP = 64;
    /** The memory cost of an entry besides the characters of its path. */
    private static final int OVERHEAD_BYTES = 700;

    private static final int BUFFER_BYTES = 64 << 10;

    /** The result of a comparison. */
    enum Match {
        /** It may belong to the package. */
        MAY_BELONG,
        /** It belongs to another file, or is no signature. */
        FOREIGN,
        /** There is no package to compare it with. */
        UNKNOWN
    }

    /** The current state of a package file. */
    private record Signed(ContentHead head, Reading reading) {}

    /** Opens a package file. */
    private interface Reading {
        InputStream open() throws IOException;
    }

    private record Digested(ContentHead head, MessageDigest digest) {}

    private record Judged(ContentHead signature, Optional<ContentHead> signed, Match match) {}

    private final PackageCache cache;
    private final WrongFiles wrong;
    /** Packages that are being replaced by other bytes. */
    private final Set<RepositoryPath> coming = ConcurrentHashMap.newKeySet();
    /** Complete packages that are not in the cache yet. */
    private final ConcurrentMap<RepositoryPath, Signed> arriving = new ConcurrentHashMap<>();
    /** By path and algorithm. Guarded by itself. */
    private final RecentlyUsed<String, Digested> digests =
            new RecentlyUsed<>(mostBytes(), (key, any) -> (long) OVERHEAD_BYTES + key.length());
    /** By the signature's path. Guarded by itself. */
    private final RecentlyUsed<String, Judged> judged =
            new RecentlyUsed<>(mostBytes(), (path, any) -> (long) OVERHEAD_BYTES + path.length());

    PackageSignatures(PackageCache cache, WrongFiles wrong) {
        this.cache = cache;
        this.wrong = wrong;
    }

    private static long mostBytes() {
        return Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
    }

    /** Notes that a package begins to arrive: nothing can be compared with it before it is complete. */
    void arriving(RepositoryPath path) {
        coming.add(path);
    }

    /** Notes that a complete package is about to be put into the cache. */
    void arrived(RepositoryPath path, PartFile part, ContentHead head) {
        arriving.put(path, new Signed(head, () -> part.open(head.lengthBytes())));
    }

    /** Notes that it is there now, or will not be. */
    void settled(RepositoryPath path) {
        coming.remove(path);
        arriving.remove(path);
    }

    /** The result for a cached signature; empty if there is none, or one of the two files has changed since. */
    Optional<Match> known(RepositoryPath signature, CacheEntry entry) {
        Judged found;
        synchronized (judged) {
            found = judged.get(signature.toString());
        }
        return Optional.ofNullable(found)
                .filter(it -> it.signature().equals(entry.head()))
                .filter(it -> it.signed().equals(signed(signature).map(Signed::head)))
                .map(Judged::match);
    }

    /**
     * Compares a cached signature with its package; may block as long as reading both takes.
     *
     * @throws IOException if one of them cannot be read
     */
    Match judge(RepositoryPath signature, CacheEntry entry) throws IOException {
        Optional<Signed> signed = signed(signature);
        Match match = entry.head().lengthBytes() > SignaturePolicy.BYTES_AT_MOST
                ? Match.FOREIGN
                : judge(signature, Files.readAllBytes(entry.file()), signed);
        synchronized (judged) {
            judged.put(signature.toString(), new Judged(entry.head(), signed.map(Signed::head), match));
        }
        return match;
    }

    /** The same for a signature that is not in the cache. */
    Match judge(RepositoryPath signature, byte[] bytes) throws IOException {
        return judge(signature, bytes, signed(signature));
    }

    private Match judge(RepositoryPath signature, byte[] bytes, Optional<Signed> signed) throws IOException {
        if (!SignaturePacket.isSignature(bytes)) {
            return Match.FOREIGN;
        }
        if (signed.isEmpty()) {
            return Match.UNKNOWN;
        }
        Optional<SignaturePacket> packet = SignaturePacket.parse(bytes);
        // Unknown formats are left for pacman to judge.
        return packet.isEmpty() || packet.get().mayBelongTo(digest(signature.signed(), signed.get(), packet.get()))
                ? Match.MAY_BELONG
                : Match.FOREIGN;
    }

    private Optional<Signed> signed(RepositoryPath signature) {
        RepositoryPath path = signature.signed();
        if (path.kind() != FileKind.PACKAGE) {
            return Optional.empty();
        }
        if (coming.contains(path) && !arriving.containsKey(path)) {
            return Optional.empty();
        }
        return Optional.ofNullable(arriving.get(path))
                .or(() -> cache.find(path)
                        .filter(entry -> !wrong.isStuck(path, entry))
                        .map(entry -> new Signed(entry.head(), () -> Files.newInputStream(entry.file()))));
    }

    private MessageDigest digest(RepositoryPath path, Signed signed, SignaturePacket packet) throws IOException {
        MessageDigest digest = packet.newDigest();
        String key = digest.getAlgorithm() + " " + path;
        Digested known;
        synchronized (digests) {
            known = digests.get(key);
        }
        if (known == null || !known.head().equals(signed.head())) {
            try (InputStream bytes = signed.reading().open()) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                    digest.update(buffer, 0, count);
                }
            }
            known = new Digested(signed.head(), digest);
            synchronized (digests) {
                digests.put(key, known);
            }
        }
        return copy(known.digest());
    }

    /** Never consumed: the kept digest may be copied concurrently. */
    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every Java platform can copy its digests", e);
        }
    }
}
