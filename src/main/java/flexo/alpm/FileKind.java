package flexo.alpm;

import java.util.regex.Pattern;

/**
 * The role of a file for pacman, determined by its name alone.
 *
 * <p>The kind decides how a file is cached: pacman's convention is that a name that is not {@link #mutable()} never
 * changes its content.
 */
public enum FileKind {
    /** A package: {@code name-version-arch.pkg.tar.zst} and the other compressions of makepkg. */
    PACKAGE(false),
    /** A detached signature of anything except a database. */
    SIGNATURE(false),
    /** A repository database or file list: {@code core.db}, {@code core.files} and their {@code .tar.*} forms. */
    DATABASE(true),
    /** The detached signature of a {@link #DATABASE}; most repositories have none. */
    DATABASE_SIGNATURE(true),
    /** {@code lastsync} and {@code lastupdate}: when the mirror was last synchronised. */
    TIMESTAMP(true),
    /** Any other file of a mirror, such as an installation image. */
    OTHER(false);

    private static final String SIGNATURE_SUFFIX = ".sig";
    private static final Pattern DATABASE_NAME = Pattern.compile(".+\\.(db|files)(\\.tar(\\.[a-z0-9]+)?)?");
    private static final Pattern PACKAGE_NAME = Pattern.compile(".+\\.pkg\\.tar(\\.[a-zA-Z0-9]+)?");

    private final boolean mutable;

    FileKind(boolean mutable) {
        this.mutable = mutable;
    }

    /**
     * Determines the kind of a file.
     *
     * @param fileName the last segment of its path
     * @return its kind, {@link #OTHER} if no other kind matches
     */
    public static FileKind of(String fileName) {
        boolean signature = fileName.endsWith(SIGNATURE_SUFFIX);
        String signed = signature ? fileName.substring(0, fileName.length() - SIGNATURE_SUFFIX.length()) : fileName;
        if (DATABASE_NAME.matcher(signed).matches()) {
            return signature ? DATABASE_SIGNATURE : DATABASE;
        }
        if (signature) {
            return SIGNATURE;
        }
        if (PACKAGE_NAME.matcher(fileName).matches()) {
            return PACKAGE;
        }
        return fileName.equals("lastsync") || fileName.equals("lastupdate") ? TIMESTAMP : OTHER;
    }

    /** Whether the content behind this name may change, so that a cached copy must be revalidated. */
    public boolean mutable() {
        return mutable;
    }
}
