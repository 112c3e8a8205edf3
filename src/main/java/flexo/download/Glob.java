package flexo.download;

import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** A pattern of paths such as {@code core/os/**}. Two are equal if their texts are. */
public final class Glob {
    private final String text;
    private final PathMatcher matcher;

    private Glob(String text) {
        this.text = text;
        matcher = FileSystems.getDefault().getPathMatcher("glob:" + text);
    }

    /** The pattern in a text, as {@link java.nio.file.FileSystem#getPathMatcher} reads it; empty if there is none. */
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
            // It cannot be a file here, so it is none that was meant.
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
