package flexo.cache;

import java.util.Optional;

/**
 * The name of a hidden file that lies beside the place of another and speaks of it.
 *
 * @param kind what it is
 * @param target the name of the file that it speaks of
 */
public record SidecarName(Kind kind, String target) {
    /** What lies beside a file. */
    public enum Kind {
        /** The bytes so far of a download. */
        PART(PartNames.PART_SUFFIX),
        /** What a mirror promised for a part file. */
        PROMISE(PartNames.PROMISE_SUFFIX),
        /** Flexo's own record of the whole size. */
        FLEXO_SIZE(PartNames.FLEXO_SIZE_SUFFIX);

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /**
     * Reads a file's name.
     *
     * @return what it is; empty if it is no such file
     */
    public static Optional<SidecarName> parse(String fileName) {
        if (fileName.startsWith(PartNames.PREFIX)) {
            for (Kind kind : Kind.values()) {
                if (fileName.endsWith(kind.suffix)
                        && fileName.length() > PartNames.PREFIX.length() + kind.suffix.length()) {
                    return Optional.of(new SidecarName(
                            kind,
                            fileName.substring(PartNames.PREFIX.length(), fileName.length() - kind.suffix.length())));
                }
            }
        }
        return Optional.empty();
    }

    /** The name of what lies beside a file. */
    public static String of(Kind kind, String target) {
        return PartNames.PREFIX + target + kind.suffix;
    }
}
