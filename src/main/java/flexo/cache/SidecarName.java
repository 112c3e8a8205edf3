package flexo.cache;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a hidden file beside another, which it describes.
 *
 * @param kind its kind
 * @param target the name of the file that it describes
 * @param tag the suffix for names that only one {@link Instance} uses; empty for the first, and for files of no
 *     particular instance
 */
public record SidecarName(Kind kind, String target, String tag) {
    private static final Pattern NAME =
            Pattern.compile("\\.(.+)(\\.part|\\.head|\\.cfs)|\\.(.+)(\\.part|\\.head)\\.([0-9][0-9a-z]*)");

    /** The kinds of files beside another. */
    public enum Kind {
        /** The bytes so far of a download. */
        PART(PartNames.PART_SUFFIX),
        /** A mirror's promise for a part file. */
        PROMISE(PartNames.PROMISE_SUFFIX),
        /** The whole size in the original Flexo's notation. */
        FLEXO_SIZE(PartNames.FLEXO_SIZE_SUFFIX);

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /**
     * Parses a file's name.
     *
     * @return its parts; empty if it is no such name
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

    /** The name of such a file of the first instance, or of no particular instance. */
    public static String of(Kind kind, String target) {
        return PartNames.PREFIX + target + kind.suffix;
    }

    /** Whether its instance cannot be checked for life. */
    public boolean isOfNobodyKnown() {
        return Instance.isOfUnlocked(tag);
    }

    /** The name of another kind beside the same file, for the same instance. */
    public String with(Kind other) {
        return of(other, target) + (tag.isEmpty() ? "" : "." + tag);
    }
}
