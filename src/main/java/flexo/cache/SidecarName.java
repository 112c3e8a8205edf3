package flexo.cache;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a hidden file that lies beside the place of another and speaks of it.
 *
 * @param kind what it is
 * @param target the name of the file that it speaks of
 * @param tag whose it is: the last part of the name of what only one {@link Instance} uses; empty for the first, and for what
 *     is nobody's in particular
 */
public record SidecarName(Kind kind, String target, String tag) {
    private static final Pattern NAME =
            Pattern.compile("\\.(.+)(\\.part|\\.head|\\.cfs)|\\.(.+)(\\.part|\\.head)\\.([0-9][0-9a-z]*)");

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
        if (!fileName.startsWith(PartNames.PREFIX)) {
            return Optional.empty();
        }
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                name.group(1) != null
                        ? new SidecarName(kind(name.group(2)), name.group(1), "")
                        : new SidecarName(kind(name.group(4)), name.group(3), name.group(5)));
    }

    private static Kind kind(String suffix) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.suffix.equals(suffix))
                .findFirst()
                .orElseThrow();
    }

    /** The name of what lies beside a file, and is the first instance's or nobody's in particular. */
    public static String of(Kind kind, String target) {
        return PartNames.PREFIX + target + kind.suffix;
    }

    /** Whether nobody can tell if whose it is still lives. */
    public boolean isOfNobodyKnown() {
        return Instance.isOfUnlocked(tag);
    }

    /** The name of what lies beside the same file for the same instance, and is of another kind. */
    public String with(Kind other) {
        return of(other, target) + (tag.isEmpty() ? "" : "." + tag);
    }
}
