package flexo.download;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a package file before any mirror is asked for it, from the database of its repository.
 *
 * @param sizeBytes its size ({@code %CSIZE%}); empty if it is not known
 * @param sha256 its SHA-256 ({@code %SHA256SUM%}), 64 lower-case hexadecimal digits; empty if it is not known
 */
public record ExpectedFile(OptionalLong sizeBytes, Optional<String> sha256) {
    /** Nothing is known, so nothing is expected. */
    public static final ExpectedFile UNKNOWN = new ExpectedFile(OptionalLong.empty(), Optional.empty());
}
