package flexo.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; the message lists all mistakes, one per line. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidConfigException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    /** {@return the problems, at least one, those of the sources first} */
    public List<Problem> problems() {
        return problems;
    }

    private static String text(List<Problem> problems) {
        String head = problems.size() == 1
                ? "The configuration has a mistake:"
                : "The configuration has " + problems.size() + " mistakes:";
        return problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining("", head, ""));
    }
}
