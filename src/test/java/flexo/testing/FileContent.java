package flexo.testing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The bytes of a file that a mirror has: fixed, and readable at any position.
 *
 * <p>Seeded content is computed from the position, so a file of six gigabytes costs neither memory nor disk, and a
 * reader anywhere in it can be checked. Immutable, for any number of threads.
 */
public interface FileContent {
    /**
     * Length of the file.
     *
     * @return bytes
     */
    long lengthBytes();

    /**
     * Copies bytes of the file.
     *
     * @param position first byte, from 0
     * @param target where they go, at offset 0
     * @param count how many; position + count must not pass the end
     */
    void copy(long position, byte[] target, int count);

    /**
     * A part of the file as one array.
     *
     * @param position first byte
     * @param count how many
     * @return the bytes
     */
    default byte[] bytes(long position, int count) {
        byte[] bytes = new byte[count];
        copy(position, bytes, count);
        return bytes;
    }

    /**
     * The whole file as one array.
     *
     * @return the bytes
     */
    default byte[] bytes() {
        return bytes(0, Math.toIntExact(lengthBytes()));
    }

    /**
     * A copy with one bit turned, of the same length.
     *
     * @param position which byte is wrong
     * @return other content
     */
    default FileContent withFlippedBit(long position) {
        byte[] bytes = bytes();
        bytes[Math.toIntExact(position)] ^= 1;
        return of(bytes);
    }

    /**
     * Content given literally.
     *
     * @param bytes the file
     * @return content
     */
    static FileContent of(byte[] bytes) {
        byte[] own = bytes.clone();
        return new FileContent() {
            @Override
            public long lengthBytes() {
                return own.length;
            }

            @Override
            public void copy(long position, byte[] target, int count) {
                System.arraycopy(own, Math.toIntExact(position), target, 0, count);
            }
        };
    }

    /**
     * Pseudo-random content computed by position; no two aligned eight-byte words of a file are alike, so a shifted
     * or repeated part never passes for the right one.
     *
     * @param seed which content; same seed, same bytes
     * @param lengthBytes length of the file
     * @return content
     */
    static FileContent seeded(long seed, long lengthBytes) {
        return new FileContent() {
            @Override
            public long lengthBytes() {
                return lengthBytes;
            }

            @Override
            public void copy(long position, byte[] target, int count) {
                long at = position;
                int written = 0;
                while (written < count) {
                    long word = mix(seed * 0x9E3779B97F4A7C15L + (at >>> 3));
                    for (int lane = (int) (at & 7); lane < 8 && written < count; lane++, at++) {
                        target[written++] = (byte) (word >>> (lane * 8));
                    }
                }
            }

            /** The finalizer of SplitMix64, a bijection of the word's number. */
            private long mix(long number) {
                long z = (number + 0x9E3779B97F4A7C15L);
                z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
                z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
                return z ^ (z >>> 31);
            }
        };
    }

    /**
     * SHA-256 of the whole file.
     *
     * @return lower-case hexadecimal digits
     */
    default String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[1 << 16];
            for (long at = 0; at < lengthBytes(); ) {
                int count = (int) Math.min(chunk.length, lengthBytes() - at);
                copy(at, chunk, count);
                digest.update(chunk, 0, count);
                at += count;
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Whether bytes are those of the file at a position.
     *
     * @param position where they should lie
     * @param actual buffer
     * @param count how many of the buffer count
     * @return true if they are the same
     */
    default boolean matches(long position, byte[] actual, int count) {
        return position + count <= lengthBytes() && Arrays.equals(bytes(position, count), 0, count, actual, 0, count);
    }
}
