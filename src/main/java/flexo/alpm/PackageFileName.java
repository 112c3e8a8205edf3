package flexo.alpm;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parsed name of a package file, {@code name-pkgver-pkgrel-arch.pkg.tar.zst}.
 *
 * <p>A package's name may contain hyphens, its version and architecture may not, so the last three hyphens separate the
 * four; that distinguishes {@code linux} from {@code linux-headers} and {@code foo} from {@code foo-debug} without a
 * list of packages.
 *
 * @param name the package's name
 * @param version the version with its epoch, if it has one, and its pkgrel
 * @param arch such as {@code x86_64} or {@code any}
 * @param extension from {@code .pkg} on
 */
public record PackageFileName(String name, PackageVersion version, String arch, String extension) {
    private static final String SIGNATURE_SUFFIX = ".sig";
    private static final Pattern FORM =
            Pattern.compile("([^-].*)-([^-]+-[^-]+)-([^-.]+)(\\.pkg\\.tar(?:\\.[a-zA-Z0-9]+)?)");

    /**
     * Parses a file's name.
     *
     * @param fileName the last segment of its path
     * @return its parts; empty if it is not the name of a package file
     */
    public static Optional<PackageFileName> parse(String fileName) {
        // A signature with the extension .zst.sig matches the pattern, too; .pkg.tar.sig signs an uncompressed package.
        if (fileName.endsWith(SIGNATURE_SUFFIX) || fileName.startsWith(".")) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(fileName);
        return parts.matches()
                ? Optional.of(new PackageFileName(
                        parts.group(1), PackageVersion.of(parts.group(2)), parts.group(3), parts.group(4)))
                : Optional.empty();
    }

    /**
     * Parses the name of a detached signature.
     *
     * @param fileName the last segment of its path
     * @return the signed package; empty if it is not the name of a package's signature
     */
    public static Optional<PackageFileName> parseSignature(String fileName) {
        return fileName.endsWith(SIGNATURE_SUFFIX)
                ? parse(fileName.substring(0, fileName.length() - SIGNATURE_SUFFIX.length()))
                : Optional.empty();
    }

    /** The name of the package's detached signature. */
    public String signature() {
        return this + SIGNATURE_SUFFIX;
    }

    /** Whether both are files of one package, in any version. */
    public boolean isSamePackageAs(PackageFileName other) {
        return name.equals(other.name) && arch.equals(other.arch);
    }

    @Override
    public String toString() {
        return name + "-" + version + "-" + arch + extension;
    }
}
