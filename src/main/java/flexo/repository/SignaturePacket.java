package flexo.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/**
 * A detached OpenPGP signature of version 4 over a file (RFC 9580, section 5.2.3), as far as it can be checked without
 * a key.
 *
 * <p>A signature carries the first two octets of the signed hash. Recomputing the hash detects the signature of another
 * file, except for one in 65,536; validity can only be checked with the key.
 */
public final class SignaturePacket {
    private static final int SIGNATURE_TAG = 2;
    private static final int VERSION = 4;
    /** The type of a signature over the unmodified bytes of a file; text signatures normalise line ends first. */
    private static final int BINARY_DOCUMENT = 0;
    /** Version, type, two algorithms, and the length of the subpackets. */
    private static final int HASHED_HEAD_BYTES = 6;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final String ARMOR_START = "-----BEGIN PGP SIGNATURE-----";

    private final String algorithm;
    /** The input hashed after the file: the hashed part of the signature and its trailer. */
    private final byte[] afterFile;
    /** The first two octets of the hash. */
    private final byte[] hashStart;

    private SignaturePacket(String algorithm, byte[] afterFile, byte[] hashStart) {
        this.algorithm = algorithm;
        this.afterFile = afterFile;
        this.hashStart = hashStart;
    }

    /**
     * Parses the first signature of a {@code .sig} file.
     *
     * @param content the whole file, binary or ASCII-armoured
     * @return the signature; empty if it is invalid, truncated, or of an unsupported kind
     */
    public static Optional<SignaturePacket> parse(byte[] content) {
        return body(content).flatMap(SignaturePacket::ofBody);
    }

    /** Whether a {@code .sig} file begins with a complete signature of any kind. */
    public static boolean isSignature(byte[] content) {
        return body(content).filter(ByteBuffer::hasRemaining).isPresent();
    }

    private static Optional<ByteBuffer> body(byte[] content) {
        if (content.length > 0 && (content[0] & 0x80) == 0) {
            return dearmored(content).flatMap(SignaturePacket::firstBody);
        }
        return firstBody(content);
    }

    /**
     * A new digest of the right algorithm, to be fed with the file and passed to {@link #mayBelongTo(MessageDigest)}.
     */
    public MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }

    /**
     * Whether this may be the signature of a file.
     *
     * @param ofTheFile a {@link #newDigest()} that was fed with exactly the bytes of the file; it is consumed
     */
    public boolean mayBelongTo(MessageDigest ofTheFile) {
        byte[] hash = ofTheFile.digest(afterFile);
        return hash[0] == hashStart[0] && hash[1] == hashStart[1];
    }

    /**
     * Whether this may be the signature of a file, which is read to its end.
     *
     * @throws IOException if the file cannot be read
     */
    public boolean mayBelongTo(Path file) throws IOException {
        return mayBelongTo(Files.newInputStream(file));
    }

    /**
     * Whether this may be the signature of the bytes of a stream.
     *
     * @param file the whole file; closed by this method
     * @throws IOException if it cannot be read
     */
    public boolean mayBelongTo(InputStream file) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream bytes = file) {
            int count = bytes.read(buffer);
            while (count >= 0) {
                digest.update(buffer, 0, count);
                count = bytes.read(buffer);
            }
        }
        return mayBelongTo(digest);
    }

    /** The name of the hash, for logs. */
    @Override
    public String toString() {
        return "signature over " + algorithm;
    }

    /** RFC 9580, section 4.2: a packet header, in the new or the legacy format. */
    private static Optional<ByteBuffer> firstBody(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        if (bytes.remaining() < 2) {
            return Optional.empty();
        }
        int head = bytes.get() & 0xff;
        boolean newForm = (head & 0xc0) == 0xc0;
        int tag = newForm ? head & 0x3f : head >> 2 & 0x0f;
        if ((head & 0x80) == 0 || tag != SIGNATURE_TAG) {
            return Optional.empty();
        }
        long length = newForm ? newLength(bytes) : oldLength(head & 3, bytes);
        if (length < 0 || length > bytes.remaining()) {
            return Optional.empty();
        }
        return Optional.of(bytes.slice(bytes.position(), (int) length));
    }

    /** The length; -1 if it is unknown, since signatures never have partial lengths. */
    private static long newLength(ByteBuffer bytes) {
        int first = bytes.get() & 0xff;
        if (first < 192) {
            return first;
        }
        if (first < 224) {
            return bytes.hasRemaining() ? ((first - 192) << 8) + (bytes.get() & 0xff) + 192 : -1;
        }
        return first == 255 && bytes.remaining() >= 4 ? bytes.getInt() & 0xffff_ffffL : -1;
    }

    private static long oldLength(int form, ByteBuffer bytes) {
        return switch (form) {
            case 0 -> bytes.get() & 0xff;
            case 1 -> bytes.remaining() >= 2 ? bytes.getShort() & 0xffff : -1;
            case 2 -> bytes.remaining() >= 4 ? bytes.getInt() & 0xffff_ffffL : -1;
            default -> bytes.remaining();
        };
    }

    private static Optional<SignaturePacket> ofBody(ByteBuffer body) {
        if (body.remaining() < HASHED_HEAD_BYTES || body.get(0) != VERSION || body.get(1) != BINARY_DOCUMENT) {
            return Optional.empty();
        }
        Optional<String> algorithm = digestName(body.get(3));
        int hashedBytes = HASHED_HEAD_BYTES + (body.getShort(4) & 0xffff);
        if (algorithm.isEmpty() || body.remaining() < hashedBytes + 2) {
            return Optional.empty();
        }
        int hashStartAt = hashedBytes + 2 + (body.getShort(hashedBytes) & 0xffff);
        // At least one MPI of the signature must follow.
        if (body.remaining() < hashStartAt + 2 + 2) {
            return Optional.empty();
        }
        ByteBuffer afterFile = ByteBuffer.allocate(hashedBytes + 6)
                .put(body.slice(0, hashedBytes))
                .put((byte) VERSION)
                .put((byte) 0xff)
                .putInt(hashedBytes);
        byte[] hashStart = {body.get(hashStartAt), body.get(hashStartAt + 1)};
        return Optional.of(new SignaturePacket(algorithm.get(), afterFile.array(), hashStart));
    }

    /** RFC 9580, section 9.5. */
    private static Optional<String> digestName(byte id) {
        return Optional.ofNullable(
                switch (id) {
                    case 2 -> "SHA-1";
                    case 8 -> "SHA-256";
                    case 9 -> "SHA-384";
                    case 10 -> "SHA-512";
                    default -> null;
                });
    }

    /** RFC 9580, section 6.2: headers, an empty line, Base64, and an optional checksum. */
    private static Optional<byte[]> dearmored(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        int start = text.indexOf(ARMOR_START);
        if (start < 0) {
            return Optional.empty();
        }
        StringBuilder base64 = new StringBuilder();
        boolean inBody = false;
        for (String line :
                text.substring(start + ARMOR_START.length()).lines().skip(1).toList()) {
            String stripped = line.strip();
            if (inBody && (stripped.startsWith("=") || stripped.startsWith("-----"))) {
                break;
            }
            if (inBody) {
                base64.append(stripped);
            }
            inBody |= stripped.isEmpty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(base64.toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
