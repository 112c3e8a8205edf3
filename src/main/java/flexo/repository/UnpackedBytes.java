package flexo.repository;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * The decompressed bytes of a file within the limits; tells a disk error from corrupt data.
 *
 * <p>A file that was compressed several times, because a server compresses every response, is decompressed as often, as
 * libarchive does.
 */
final class UnpackedBytes implements AutoCloseable {
    private static final int LAYERS_AT_MOST = 4;

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

    /** Opens a file whose compression is known. */
    static UnpackedBytes of(SourceBytes source, Compression compression, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        SourceBytes packed = source;
        Compression outer = compression;
        try {
            for (int layer = 1; layer < LAYERS_AT_MOST && outer != Compression.NONE; layer++) {
                SourceBytes inside = new SourceBytes(new Bounded(outer.decoder(packed, limits), limits));
                Compression inner = Compression.of(inside.peek(Compression.MAGIC_BYTES));
                packed = inside;
                outer = inner;
            }
            return new UnpackedBytes(source, compression, outer.decoder(packed, limits), limits);
        } catch (IOException | RuntimeException e) {
            throw refusal(e, source, compression);
        }
    }

    /**
     * Reads bytes.
     *
     * @return their number, -1 at the end
     * @throws IOException only on a disk error
     */
    int read(byte[] target, int offset, int length)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        int count;
        try {
            count = decoder.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            // The zstd decoder reports corrupt data by unchecked exceptions.
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

    /** Whether the compression proves that the data is complete. */
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
        // The zstd decoder has no exception of its own for truncation.
        boolean cutOff = e instanceof EOFException || "Not enough input bytes".equals(e.getMessage());
        if (cutOff) {
            return new NotADatabaseException("it is cut off inside its " + compression.word() + " data", e);
        }
        String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
        return new NotADatabaseException("its " + compression.word() + " data is broken" + detail, e);
    }

    /** Bounds the output of one layer, which is the input of the next. */
    private static final class Bounded extends FilterInputStream {
        private long leftBytes;

        Bounded(InputStream decoder, DatabaseLimits limits) {
            super(decoder);
            // Twice the limit, so that the reader of the last layer hits its limit first and reports it precisely.
            this.leftBytes = 2 * limits.unpackedBytes();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            leftBytes -= Math.max(count, 0);
            if (leftBytes < 0) {
                throw new IOException("it unpacks to far more than a database");
            }
            return count;
        }
    }

    @Override
    public void close() throws IOException {
        decoder.close();
    }
}
