package flexo.config;

/** What proves to an upstream who we are. */
public sealed interface Credentials {

    /**
     * A user with a password, for Basic authentication (RFC 7617).
     *
     * @param user without a colon
     * @param password of that user
     */
    record Login(String user, Secret password) implements Credentials {}

    /**
     * A token, for Bearer authentication (RFC 6750).
     *
     * @param token the whole of it
     */
    record Bearer(Secret token) implements Credentials {}
}
