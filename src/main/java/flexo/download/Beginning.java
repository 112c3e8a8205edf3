package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.PartFile;
import flexo.mirror.MirrorFailure;
import flexo.repository.FirstBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The first bytes of a file, and what they say against the mirror that sent them. */
public final class Beginning {
    private Beginning() {}

    /**
     * The objection to bytes that are not those of the file.
     *
     * @param start some of its first bytes
     */
    static Optional<FilePolicy.Objection> objection(RepositoryPath path, byte[] start, long lengthBytes) {
        return FirstBytes.insteadOf(path, start, lengthBytes)
                .map(something -> new FilePolicy.Objection(
                        // A directory is shown as a page, and whoever asks for one is wrong himself.
                        FirstBytes.known(path) ? MirrorFailure.WRONG_CONTENT : MirrorFailure.NOT_FOUND,
                        "sent " + something + " instead of the file"));
    }

    /** The same of a file that is there. */
    public static Optional<String> complaint(RepositoryPath path, PartFile part, long lengthBytes) throws IOException {
        return objection(path, of(part, lengthBytes, FirstBytes.ENOUGH), lengthBytes)
                .map(FilePolicy.Objection::why);
    }

    /** Up to so many first bytes; fewer if they were in memory and are forgotten. */
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
