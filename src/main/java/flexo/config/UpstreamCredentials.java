package flexo.config;

import java.net.URI;

/**
 * Credentials for all that lies below an address.
 *
 * @param prefix http or https, ends in a slash, carries no credentials itself
 * @param credentials to send there
 */
public record UpstreamCredentials(URI prefix, Credentials credentials) {}
