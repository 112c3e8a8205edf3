package flexo.upstream;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Files for TLS cannot be used. */
public final class UnusableTlsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    /**
     * A mistake in one file.
     *
     * @param key the setting that names it
     * @param file the file
     * @param what a few words for people
     */
    public record Mistake(String key, Path file, String what) {
        @Override
        public String toString() {
            return key + ": " + file + ": " + what;
        }
    }

    UnusableTlsException(List<Mistake> mistakes) {
        super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("; ")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** All mistakes, at least one. */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
