package flexo.config;

import java.util.List;
import java.util.stream.Collectors;

/** The settings cannot be used; the message lists everything that is wrong with them, a line for each problem. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** Tells of at least one problem. */
    public InvalidConfigException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    /** {@return what is wrong, at least one, the problems of the sources first} */
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
