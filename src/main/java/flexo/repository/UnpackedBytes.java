package flexo.repository;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;

/** The bytes inside a compressed file, as many as the limits allow; knows a disk that fails from bytes that are broken. */
final class UnpackedBytes implements AutoCloseable {
    private final SourceBytes source;
    private final Compression compression;
    private final InputStream decoder;
    private final DatabaseLimits limits;
    private long unpacked;

    private UnpackedBytes(SourceBytes source, Compression compression, InputStream decoder, DatabaseLimits limits) {
        this.source = source;
        this.compression = compression;
        this.decoder = decoder;
        this.limits = limits;
    }

    /** The bytes inside a file whose compression is known. */
    static UnpackedBytes of(SourceBytes source, Compression compression, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        InputStream decoder;
        try {
            decoder = compression.decoder(source, limits);
        } catch (IOException | RuntimeException e) {
            throw refusal(e, source, compression);
        }
        return new UnpackedBytes(source, compression, decoder, limits);
    }

    /**
     * Reads some.
     *
     * @return how many, -1 at the end
     * @throws IOException only if the disk fails
     */
    int read(byte[] target, int offset, int length)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        int count;
        try {
            count = decoder.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            // The decoder of zstd reports broken bytes by unchecked exceptions.
            throw refusal(e, source, compression);
        }
        unpacked += Math.max(count, 0);
        if (unpacked > limits.unpackedBytes()) {
            throw new NotADatabaseException(
                    "it unpacks to more than " + (limits.unpackedBytes() >> 20) + " MiB, as no database does");
        }
        if (unpacked > DatabaseLimits.FREE_BYTES + source.taken() * limits.unpackedBytesPerByte()) {
            throw new NotADatabaseException("it unpacks to more than " + limits.unpackedBytesPerByte()
                    + " times its size, as no database does");
        }
        return count;
    }

    /** Whether the end of the bytes is proven to be the end of the file as it was made. */
    boolean provesItsEnd() {
        return compression != Compression.NONE;
    }

    private static NotADatabaseException refusal(Exception e, SourceBytes source, Compression compression)
            throws IOException, UnreadableCompressionException {
        source.rethrowFailure();
        if (e instanceof MemoryLimitException needy) {
            throw new UnreadableCompressionException(
                    "it takes " + (needy.getMemoryNeeded() >> 10) + " MiB of memory to unpack; with xz up to level 6 it"
                            + " would be checked",
                    e);
        }
        if (e instanceof UnsupportedOptionsException) {
            throw new UnreadableCompressionException(
                    "it is compressed with options of xz that only pacman can read", e);
        }
        // The decoder of zstd has no exception of its own for this.
        boolean cutOff = e instanceof EOFException || "Not enough input bytes".equals(e.getMessage());
        if (cutOff) {
            return new NotADatabaseException("it is cut off inside its " + compression.word() + " data", e);
        }
        String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
        return new NotADatabaseException("its " + compression.word() + " data is broken" + detail, e);
    }

    /** Frees what the decoder holds, and closes the file. */
    @Override
    public void close() throws IOException {
        decoder.close();
    }
}
