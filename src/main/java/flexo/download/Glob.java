package flexo.download;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** A glob for paths, such as {@code core/os/**}. Two are equal if their texts are. */
public final class Glob {
    private final String text;
    private final PathMatcher matcher;

    private Glob(String text) {
        this.text = text;
        matcher = FileSystems.getDefault().getPathMatcher("glob:" + text);
    }

    /** Parses a glob, see {@link java.nio.file.FileSystem#getPathMatcher}; empty if it is invalid. */
    public static Optional<Glob> parse(String text) {
        try {
            return Optional.of(text.replaceFirst("^/+", ""))
                    .filter(it -> !it.isEmpty())
                    .map(Glob::new);
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    boolean fits(String path) {
        try {
            return matcher.matches(Path.of(path));
        } catch (InvalidPathException e) {
            // It cannot be a file name on this system, so it matches nothing.
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
