package flexo.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of TLS to upstreams. The files could be read when the settings were; what is in them was not looked at.
 *
 * @param caCertificates PEM files with certificates that are trusted beside the JVM's
 * @param clientCertificate what we show of ourselves, empty for nothing
 * @param minimum the oldest version that is spoken
 */
public record Tls(List<Path> caCertificates, Optional<ClientCertificate> clientCertificate, TlsVersion minimum) {
    /** Copies the list. */
    public Tls {
        caCertificates = List.copyOf(caCertificates);
    }

    /**
     * A certificate and its key, both as PEM.
     *
     * @param certificate the chain, our own certificate first
     * @param key PKCS#8
     */
    public record ClientCertificate(Path certificate, Path key) {}
}
