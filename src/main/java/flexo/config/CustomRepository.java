package flexo.config;

import java.net.URI;

/**
 * One unofficial repository: {@code /custom_repo/{name}/{rest}} is fetched as {@code {url}{rest}}.
 *
 * @param name the path segment clients use
 * @param url where it is fetched from; ends in a slash, may carry credentials
 */
public record CustomRepository(String name, URI url) {

    /** {@return name and URL, without credentials} */
    @Override
    public String toString() {
        return name + "@" + Secrets.mask(url.toString());
    }
}
