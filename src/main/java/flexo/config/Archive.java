package flexo.config;

import java.net.URI;

/**
 * Where old packages and old states of repositories are to be had.
 *
 * @param repositories below it lies {@code yyyy/mm/dd/repo/os/arch/file}; ends in a slash, may carry credentials
 * @param packages the pool of all packages; ends in a slash, may carry credentials
 * @param fallback whether a package that no mirror has is fetched from the pool
 */
public record Archive(URI repositories, URI packages, boolean fallback) {

    /** {@return a short text without credentials} */
    @Override
    public String toString() {
        return "Archive[" + MaskedText.of(repositories.toString()) + ", " + MaskedText.of(packages.toString())
                + ", fallback=" + fallback + "]";
    }
}
