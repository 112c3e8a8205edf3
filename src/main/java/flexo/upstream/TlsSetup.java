package flexo.upstream;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The TLS configuration: trust anchors and client certificate. Host names are always verified.
 *
 * @param context with the trusted authorities and our own certificate
 * @param versions the allowed protocol versions, such as {@code TLSv1.3}
 */
public record TlsSetup(SSLContext context, List<String> versions) {
    /** The oldest allowed protocol version. */
    public enum Minimum {
        /** TLS 1.2. */
        TLS_1_2,
        /** TLS 1.3. */
        TLS_1_3;

        private List<String> versions() {
            return this == TLS_1_3 ? List.of("TLSv1.3") : List.of("TLSv1.2", "TLSv1.3");
        }
    }

    /**
     * The sources of a TLS configuration.
     *
     * @param authorities PEM files of certificates that are trusted in addition to the JVM's
     * @param certificate a PEM file with our own certificate and its chain; empty for none
     * @param key a PEM file with its private key (PKCS#8, not encrypted); empty without a certificate
     * @param minimum the oldest allowed version
     */
    public record Files(List<Path> authorities, Optional<Path> certificate, Optional<Path> key, Minimum minimum) {}

    /** The JVM's authorities, and no client certificate. */
    public static TlsSetup ofJvm() {
        try {
            return new TlsSetup(SSLContext.getDefault(), Minimum.TLS_1_2.versions());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /**
     * Reads the files.
     *
     * @param now decides what has expired
     * @throws UnusableTlsException with all mistakes in them
     */
    public static TlsSetup of(Files files, Instant now) throws UnusableTlsException {
        List<UnusableTlsException.Mistake> mistakes = new ArrayList<>();
        List<X509Certificate> authorities = new ArrayList<>();
        for (Path file : files.authorities()) {
            try {
                authorities.addAll(PemFile.certificates(file, now));
            } catch (PemFile.UnusableException e) {
                mistakes.add(new UnusableTlsException.Mistake("ca_certificates", file, e.getMessage()));
            }
        }
        Optional<ClientIdentity> identity = ClientIdentity.read(files, now, mistakes);
        if (!mistakes.isEmpty()) {
            throw new UnusableTlsException(mistakes);
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity.isEmpty() ? null : identity.get().keyManagers(),
                    authorities.isEmpty() ? null : trust(authorities).getTrustManagers(),
                    null);
            return new TlsSetup(context, files.minimum().versions());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot take the certificates", e);
        }
    }

    /** The JVM's trust anchors and these. */
    static TrustManagerFactory trust(List<X509Certificate> authorities) throws GeneralSecurityException {
        KeyStore store = emptyStore();
        List<X509Certificate> all = new ArrayList<>(authorities);
        TrustManagerFactory ofJvm = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        ofJvm.init((KeyStore) null);
        for (var manager : ofJvm.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                all.addAll(List.of(trust.getAcceptedIssuers()));
            }
        }
        for (X509Certificate authority : all) {
            store.setCertificateEntry("authority-" + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException("nothing was read", e);
        }
    }

    /** Our certificate, its chain, and its key. */
    private record ClientIdentity(List<X509Certificate> chain, PrivateKey key) {
        static Optional<ClientIdentity> read(Files files, Instant now, List<UnusableTlsException.Mistake> mistakes) {
            if (files.certificate().isEmpty() && files.key().isEmpty()) {
                return Optional.empty();
            }
            List<X509Certificate> chain = List.of();
            PrivateKey key = null;
            if (files.certificate().isEmpty()) {
                mistakes.add(new UnusableTlsException.Mistake(
                        "client_key", files.key().get(), "there is no client_certificate to which it belongs"));
            } else {
                try {
                    chain = PemFile.certificates(files.certificate().get(), now);
                } catch (PemFile.UnusableException e) {
                    mistakes.add(new UnusableTlsException.Mistake(
                            "client_certificate", files.certificate().get(), e.getMessage()));
                }
            }
            if (files.key().isEmpty()) {
                mistakes.add(new UnusableTlsException.Mistake(
                        "client_certificate", files.certificate().get(), "its key is missing; client_key names it"));
            } else {
                try {
                    key = PemFile.privateKey(files.key().get());
                } catch (PemFile.UnusableException e) {
                    mistakes.add(new UnusableTlsException.Mistake(
                            "client_key", files.key().get(), e.getMessage()));
                }
            }
            if (key == null || chain.isEmpty()) {
                return Optional.empty();
            }
            if (!PemFile.belongTogether(chain.get(0), key)) {
                mistakes.add(new UnusableTlsException.Mistake(
                        "client_key",
                        files.key().get(),
                        "it is not the key of the certificate in "
                                + files.certificate().get()));
            }
            return Optional.of(new ClientIdentity(chain, key));
        }

        KeyManager[] keyManagers() throws GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setKeyEntry("client", key, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        }
    }
}
