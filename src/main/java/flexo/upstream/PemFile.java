package flexo.upstream;

import flexo.cache.DiskFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys from PEM files (RFC 7468), and reports problems for people. */
final class PemFile {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";

    private PemFile() {}

    /** The text between two lines of dashes, in Base64. */
    private record Block(String label, String text) {
        byte[] bytes() throws UnusableException {
            try {
                return Base64.getMimeDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new UnusableException("its " + label + " is damaged", e);
            }
        }
    }

    /** The reason why a file cannot be used, in a few words for people. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String what, Throwable cause) {
            super(what, cause);
        }
    }

    /** All certificates of a file, at least one; the first of them has not expired. */
    static List<X509Certificate> certificates(Path file, Instant now) throws UnusableException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(block.bytes()));
            }
        }
        if (certificates.isEmpty()) {
            throw new UnusableException("it holds no certificate (-----BEGIN CERTIFICATE-----)", null);
        }
        X509Certificate first = certificates.get(0);
        Instant end = first.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            throw new UnusableException(
                    "the certificate of " + first.getSubjectX500Principal() + " expired at " + end, null);
        }
        return certificates;
    }

    /** The private key of a file. */
    static PrivateKey privateKey(Path file) throws UnusableException {
        List<Block> blocks = blocks(file);
        for (Block block : blocks) {
            switch (block.label()) {
                case PRIVATE_KEY -> {
                    return key(block.bytes());
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new UnusableException(
                            "the key is encrypted; openssl pkcs8 -topk8 -nocrypt writes one that is not", null);
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
                    throw new UnusableException(
                            "the key is not in PKCS#8; openssl pkcs8 -topk8 -nocrypt writes one that is", null);
                default -> {
                    // Certificates and parameters are often in the same file.
                }
            }
        }
        throw new UnusableException("it holds no private key (-----BEGIN PRIVATE KEY-----)", null);
    }

    /** Whether the certificate verifies a signature made with the key. */
    static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] probe = certificate.getEncoded();
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(probe);
            Signature proving = Signature.getInstance(algorithm);
            proving.initVerify(certificate.getPublicKey());
            proving.update(probe);
            return proving.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            // A key of another kind.
            return false;
        }
    }

    private static List<Block> blocks(Path file) throws UnusableException {
        String text;
        try {
            // Latin-1 accepts any bytes, and PEM is ASCII.
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UnusableException(DiskFailure.reason(e), e);
        }
        List<Block> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(text);
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        if (blocks.isEmpty()) {
            throw new UnusableException("it is not a PEM file (-----BEGIN …-----)", null);
        }
        return blocks;
    }

    private static X509Certificate certificate(byte[] bytes) throws UnusableException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        } catch (CertificateException e) {
            throw new UnusableException("a certificate in it is damaged", e);
        }
    }

    /** PKCS#8 names the algorithm, but the JVM has to be told. */
    private static PrivateKey key(byte[] bytes) throws UnusableException {
        GeneralSecurityException refusal = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (GeneralSecurityException e) {
                // It may be one of the others.
                refusal = e;
            }
        }
        throw new UnusableException("its private key is damaged, or neither RSA nor EC nor EdDSA", refusal);
    }
}
