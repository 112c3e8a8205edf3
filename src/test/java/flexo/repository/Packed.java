package flexo.repository;

import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** The ways to compress that are read, done in memory. */
enum Packed {
    PLAIN,
    GZIP,
    ZSTD,
    XZ;

    byte[] pack(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream packing = onto(packed)) {
            packing.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    OutputStream onto(OutputStream target) throws IOException {
        return switch (this) {
            case PLAIN -> target;
            case GZIP -> new GZIPOutputStream(target, 64 << 10);
            case ZSTD -> new ZstdOutputStream(target);
            case XZ -> new XZOutputStream(target, new LZMA2Options(1));
        };
    }
}
