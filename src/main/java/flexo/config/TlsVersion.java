package flexo.config;

/** The versions of TLS that may be demanded. */
public enum TlsVersion {
    /** RFC 5246. */
    TLS_1_2,
    /** RFC 8446. */
    TLS_1_3
}
