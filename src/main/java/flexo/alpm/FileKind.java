package flexo.alpm;

import java.util.regex.Pattern;

/**
 * What a file of a mirror is to pacman, told from its name alone.
 *
 * <p>The kind decides how a file is cached: pacman's convention is that a name that is not {@link #mutable()} never
 * changes its content.
 */
public enum FileKind {
    /** A package: {@code name-version-arch.pkg.tar.zst} and the other compressions of makepkg. */
    PACKAGE(false),
    /** A detached signature of anything but a database. */
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
     * Tells the kind of a file.
     *
     * @param fileName the last segment of its path
     * @return its kind, {@link #OTHER} if nothing else fits
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

    /** Whether the same name may have other content later, so that a stored copy must be checked before it is used. */
    public boolean mutable() {
        return mutable;
    }
}
