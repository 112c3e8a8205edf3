package flexo.download;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The properties of a package file in the database of its repository.
 *
 * @param sizeBytes its size ({@code %CSIZE%}); empty if unknown
 * @param sha256 its SHA-256 ({@code %SHA256SUM%}), 64 lower-case hexadecimal digits; empty if unknown
 */
public record ExpectedFile(OptionalLong sizeBytes, Optional<String> sha256) {
    /** Nothing is known, so nothing is expected. */
    public static final ExpectedFile UNKNOWN = new ExpectedFile(OptionalLong.empty(), Optional.empty());
}
