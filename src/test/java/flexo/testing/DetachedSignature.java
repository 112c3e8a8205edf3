package flexo.testing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A detached OpenPGP signature as far as it can be told without its key: the packet names the start of the hash of its
 * file, the numbers of the signature itself are made up.
 */
public final class DetachedSignature {
    /** Version 4, of a binary document, by EdDSA over SHA-256, without subpackets. */
    private static final byte[] HASHED = {4, 0, 22, 8, 0, 0};
    /** What is hashed after it: the version, a mark, and how many bytes of the packet were hashed. */
    private static final byte[] TRAILER = {4, (byte) 0xff, 0, 0, 0, 6};

    private DetachedSignature() {}

    /**
     * A signature that may belong to a file, and to no other but by chance.
     *
     * @param file what is signed
     * @return the bytes of the {@code .sig} file, the same for the same file
     */
    public static FileContent of(FileContent file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(file.bytes());
            digest.update(HASHED);
            digest.update(TRAILER);
            byte[] hash = digest.digest();
            // The packet's tag and length, no subpackets that are not hashed, and one number of eight bits.
            return FileContent.of(
                    new byte[] {(byte) 0xc2, 13, 4, 0, 22, 8, 0, 0, 0, 0, hash[0], hash[1], 0, 8, (byte) 0xaa});
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
