package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.PartFile;
import flexo.mirror.MirrorFailure;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Checks the first bytes of a file. */
public final class Beginning {
    private Beginning() {}

    /**
     * The objection to bytes that are not those of the file.
     *
     * @param start the first bytes
     */
    static Optional<FilePolicy.Objection> objection(RepositoryPath path, byte[] start, long lengthBytes) {
        return FirstBytes.insteadOf(path, start, lengthBytes)
                .map(something -> new FilePolicy.Objection(
                        // A directory is answered with a page, which is the client's mistake.
                        FirstBytes.known(path) ? MirrorFailure.WRONG_CONTENT : MirrorFailure.NOT_FOUND,
                        "sent " + something + " instead of the file"));
    }

    /** The same for a file on disk. */
    public static Optional<String> complaint(RepositoryPath path, PartFile part, long lengthBytes) throws IOException {
        return objection(path, of(part, lengthBytes, FirstBytes.ENOUGH), lengthBytes)
                .map(FilePolicy.Objection::why);
    }

    /** The first bytes, up to this number; fewer if they were in memory and have been released. */
    static byte[] of(PartFile part, long lengthBytes, int most) throws IOException {
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(lengthBytes, most));
        int count = 1;
        while (start.hasRemaining() && count > 0) {
            count = part.read(start, start.position());
        }
        byte[] bytes = new byte[start.position()];
        start.flip().get(bytes);
        return bytes;
    }
}
