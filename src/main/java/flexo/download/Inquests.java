package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Finds out which mirrors have sent wrong bytes of a file that came from several and was wrong as a whole.
 *
 * <p>The file is fetched again, from one mirror at a time, until it is right; clients who ask for it join. Then what the
 * others had sent is compared with it. A mirror that sends all of a wrong file shows by that alone that it is to blame.
 */
final class Inquests {
    private static final Logger LOG = Logger.getLogger(Inquests.class.getName());
    private static final int FETCHED_AT_MOST = 5;
    private static final int COMPARED_AT_ONCE_BYTES = 256 << 10;

    private final DownloadContext context;
    private final AheadSource source;
    private final Set<RepositoryPath> open = ConcurrentHashMap.newKeySet();

    /**
     * A file that is wrong.
     *
     * @param part its bytes, to be closed
     * @param lengthBytes how many they are
     * @param origins which mirror has sent the bytes from each of these on
     */
    record Evidence(RepositoryPath path, PartFile part, long lengthBytes, NavigableMap<Long, Mirror> origins) {
        /** Copies the map. */
        Evidence {
            origins = new TreeMap<>(origins);
        }

        /** Nobody needs it any more. */
        void close() {
            try {
                part.close();
            } catch (IOException e) {
                LOG.log(Level.FINE, path + ": a wrong part file could not be closed", e);
            }
        }
    }

    /**
     * None yet.
     *
     * @param source fetches files again
     */
    Inquests(DownloadContext context, AheadSource source) {
        this.context = context;
        this.source = source;
    }

    /** Whether a file is to come from one mirror alone, since nobody knows who has sent what is wrong in it. */
    boolean isOpen(RepositoryPath path) {
        return open.contains(path);
    }

    /** Begins one. */
    void open(Evidence evidence) {
        if (open.add(evidence.path())) {
            fetch(evidence, FETCHED_AT_MOST);
        } else {
            evidence.close();
        }
    }

    private void fetch(Evidence evidence, int attemptsLeft) {
        var unused = source.fetchAhead(evidence.path(), false)
                .thenAcceptAsync(ahead -> fetched(evidence, ahead, attemptsLeft), context.reading());
    }

    private void fetched(Evidence evidence, AheadSource.Ahead ahead, int attemptsLeft) {
        if (ahead.end() == AheadSource.End.FAILED && attemptsLeft > 1) {
            fetch(evidence, attemptsLeft - 1);
            return;
        }
        try {
            context.cache().find(evidence.path()).ifPresent(right -> compare(evidence, right));
        } finally {
            open.remove(evidence.path());
            evidence.close();
        }
    }

    private void compare(Evidence evidence, CacheEntry right) {
        if (right.head().lengthBytes() != evidence.lengthBytes()) {
            return;
        }
        List<Mirror> guilty = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(right.file(), StandardOpenOption.READ)) {
            for (Map.Entry<Long, Mirror> origin : evidence.origins().entrySet()) {
                Long next = evidence.origins().higherKey(origin.getKey());
                long to = next == null ? evidence.lengthBytes() : next;
                if (!guilty.contains(origin.getValue()) && differs(evidence.part(), channel, origin.getKey(), to)) {
                    guilty.add(origin.getValue());
                }
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, evidence.path() + ": what was wrong of it cannot be compared", e);
        }
        guilty.forEach(mirror -> blame(evidence.path(), mirror));
    }

    private static boolean differs(PartFile part, FileChannel right, long from, long to) throws IOException {
        ByteBuffer its = ByteBuffer.allocate(COMPARED_AT_ONCE_BYTES);
        ByteBuffer rights = ByteBuffer.allocate(COMPARED_AT_ONCE_BYTES);
        long at = from;
        while (at < to) {
            its.clear().limit((int) Math.min(COMPARED_AT_ONCE_BYTES, to - at));
            int count = part.read(its, at);
            rights.clear().limit(count);
            while (rights.hasRemaining()) {
                if (right.read(rights, at + rights.position()) < 0) {
                    return true;
                }
            }
            if (!its.flip().equals(rights.flip())) {
                return true;
            }
            at += count;
        }
        return false;
    }

    private void blame(RepositoryPath path, Mirror mirror) {
        LOG.log(
                Level.WARNING,
                "{0}: {1} has sent wrong bytes of it among those of others, as a comparison with the right file shows."
                        + " It is left alone for a while",
                new Object[] {path, mirror});
        context.mirrors().again(path, mirror).ifPresent(this::blame);
    }

    private void blame(MirrorLease lease) {
        lease.failed(MirrorFailure.WRONG_CONTENT);
        lease.close();
    }
}
