package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.FileStamp;
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
    private static final byte[] NO_SIGNATURE = {};

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
    private record Signed(FileStamp stamp, Reading reading) {}

    /** Opens a package file. */
    private interface Reading {
        InputStream open() throws IOException;
    }

    private record Digested(FileStamp stamp, MessageDigest digest) {}

    /** Has the digest of a package. */
    private interface Digests {
        /** A copy, to be consumed; empty if it is not known. */
        Optional<MessageDigest> of(RepositoryPath path, Signed signed, SignaturePacket packet) throws IOException;
    }

    private final PackageCache cache;
    private final WrongFiles wrong;
    /** Packages that are being replaced by other bytes. */
    private final Set<RepositoryPath> coming = ConcurrentHashMap.newKeySet();
    /** Complete packages that are not in the cache yet. */
    private final ConcurrentMap<RepositoryPath, Signed> arriving = new ConcurrentHashMap<>();
    /** By path, each with the algorithm of the last signature. Guarded by itself. */
    private final RecentlyUsed<String, Digested> digests =
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
        arriving.put(path, new Signed(part.stamp(head), () -> part.open(head.lengthBytes())));
        synchronized (digests) {
            // Its inode may be the one of the file that it replaces.
            Digested unused = digests.remove(path.toString());
        }
    }

    /** Notes that it is there now, or will not be. */
    void settled(RepositoryPath path) {
        coming.remove(path);
        arriving.remove(path);
    }

    /**
     * The result for a cached signature; empty if its package has to be read first. Reads the signature, which is small:
     * another one may have its size and time.
     */
    Optional<Match> known(RepositoryPath signature, CacheEntry entry) {
        try {
            return judge(signature, bytes(entry), this::known);
        } catch (IOException e) {
            // It is gone, or told to be unreadable when it is judged.
            return Optional.empty();
        }
    }

    /**
     * Compares a cached signature with its package; may block as long as reading both takes.
     *
     * @throws IOException if one of them cannot be read
     */
    Match judge(RepositoryPath signature, CacheEntry entry) throws IOException {
        return judge(signature, bytes(entry));
    }

    /** The same for a signature that is not in the cache. */
    Match judge(RepositoryPath signature, byte[] bytes) throws IOException {
        return judge(signature, bytes, this::digest).orElseThrow();
    }

    private static byte[] bytes(CacheEntry entry) throws IOException {
        return entry.head().lengthBytes() > SignaturePolicy.BYTES_AT_MOST
                ? NO_SIGNATURE
                : Files.readAllBytes(entry.file());
    }

    private Optional<Match> judge(RepositoryPath signature, byte[] bytes, Digests digests) throws IOException {
        if (!SignaturePacket.isSignature(bytes)) {
            return Optional.of(Match.FOREIGN);
        }
        Optional<Signed> signed = signed(signature.signed());
        if (signed.isEmpty()) {
            return Optional.of(Match.UNKNOWN);
        }
        Optional<SignaturePacket> packet = SignaturePacket.parse(bytes);
        if (packet.isEmpty()) {
            // Unknown formats are left for pacman to judge.
            return Optional.of(Match.MAY_BELONG);
        }
        return digests.of(signature.signed(), signed.get(), packet.get())
                .map(digest -> packet.get().mayBelongTo(digest) ? Match.MAY_BELONG : Match.FOREIGN);
    }

    private Optional<Signed> signed(RepositoryPath path) {
        if (path.kind() != FileKind.PACKAGE) {
            return Optional.empty();
        }
        if (coming.contains(path) && !arriving.containsKey(path)) {
            return Optional.empty();
        }
        return Optional.ofNullable(arriving.get(path))
                .or(() -> cache.find(path)
                        .filter(entry -> !wrong.isStuck(path, entry))
                        .map(CacheEntry::file)
                        .flatMap(file ->
                                FileStamp.of(file).map(stamp -> new Signed(stamp, () -> Files.newInputStream(file)))));
    }

    private Optional<MessageDigest> known(RepositoryPath path, Signed signed, SignaturePacket packet) {
        synchronized (digests) {
            return Optional.ofNullable(digests.get(path.toString()))
                    .filter(it -> it.stamp().equals(signed.stamp()))
                    .map(Digested::digest)
                    .filter(it -> it.getAlgorithm().equals(packet.newDigest().getAlgorithm()))
                    .map(PackageSignatures::copy);
        }
    }

    private Optional<MessageDigest> digest(RepositoryPath path, Signed signed, SignaturePacket packet)
            throws IOException {
        Optional<MessageDigest> known = known(path, signed, packet);
        if (known.isPresent()) {
            return known;
        }
        MessageDigest digest = packet.newDigest();
        try (InputStream bytes = signed.reading().open()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            // While the file is open no other one gets its inode.
            if (signed(path).map(Signed::stamp).equals(Optional.of(signed.stamp()))) {
                synchronized (digests) {
                    digests.put(path.toString(), new Digested(signed.stamp(), copy(digest)));
                }
            }
        }
        return Optional.of(digest);
    }

    /** The kept digest is never consumed. */
    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every Java platform can copy its digests", e);
        }
    }
}
