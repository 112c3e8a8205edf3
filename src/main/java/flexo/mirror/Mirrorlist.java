package flexo.mirror;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mirrors in the order of their rank, as pacman's mirrorlist writes them: one {@code Server = https://…/$repo/os/$arch} a
 * line. A line that is nothing but an address is taken too, because Flexo kept its list like that.
 *
 * @param mirrors the best first, each of them once
 * @param complaints one sentence for every line that was not understood and is left out
 */
public record Mirrorlist(List<Mirror> mirrors, List<String> complaints) {

    private static final Pattern SERVER = Pattern.compile("Server\\s*=\\s*(?<address>\\S+)");
    private static final Pattern ADDRESS_ALONE = Pattern.compile("https?://\\S+", Pattern.CASE_INSENSITIVE);
    private static final String BELOW_THE_BASE = "$repo/os/$arch";

    /** Copies the lists. */
    public Mirrorlist {
        mirrors = List.copyOf(mirrors);
        complaints = List.copyOf(complaints);
    }

    /** A list of these mirrors; one that occurs twice keeps its better place. */
    public static Mirrorlist of(List<Mirror> mirrors) {
        return new Mirrorlist(List.copyOf(new LinkedHashSet<>(mirrors)), List.of());
    }

    /** What the text says; blank lines and comments say nothing, lines that make no sense are complained about. */
    public static Mirrorlist parse(String text) {
        return parse(text, false);
    }

    /**
     * The same for an unofficial repository: an address without variables counts too, since pacman takes it for one
     * repository of one architecture.
     */
    public static Mirrorlist parseUnofficial(String text) {
        return parse(text, true);
    }

    private static Mirrorlist parse(String text, boolean withoutVariables) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String statement = withoutComment(line).strip();
            if (!statement.isEmpty()) {
                lines.add(Line.of(number, statement, withoutVariables));
            }
        }
        Optional<String> layout = usualLayout(lines);
        Set<Mirror> mirrors = new LinkedHashSet<>();
        List<String> complaints = new ArrayList<>();
        for (Line line : lines) {
            line.server()
                    .filter(server -> layout.equals(Optional.of(server.layout())))
                    .ifPresentOrElse(
                            server -> mirrors.add(server.mirror()), () -> complaints.add(line.complaint(layout)));
        }
        return new Mirrorlist(List.copyOf(mirrors), complaints);
    }

    /** That of most lines, so that a typing error costs its own line and no other; of the first of them if it is a tie. */
    private static Optional<String> usualLayout(List<Line> lines) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        lines.stream()
                .flatMap(line -> line.server().stream())
                .forEach(server -> counts.merge(server.layout(), 1, Integer::sum));
        return counts.entrySet().stream()
                .reduce((most, next) -> next.getValue() > most.getValue() ? next : most)
                .map(Map.Entry::getKey);
    }

    /** The text that {@link #parse} reads back; passwords are in it, so that the mirrors stay usable. */
    public String print() {
        StringBuilder text = new StringBuilder("## Written by Flexo: the best mirror first.\n");
        for (Mirror mirror : mirrors) {
            text.append("Server = ")
                    .append(mirror.base())
                    .append(BELOW_THE_BASE)
                    .append('\n');
        }
        return text.toString();
    }

    private static String withoutComment(String line) {
        int comment = line.indexOf('#');
        return comment < 0 ? line : line.substring(0, comment);
    }

    /** A mirror, and what follows its base in the addresses of repositories. */
    private record Server(Mirror mirror, String layout) {}

    /**
     * A line that says something.
     *
     * @param server empty if it was not understood
     * @param mistake why not; empty if it was
     */
    private record Line(int number, String statement, Optional<Server> server, String mistake) {
        static Line of(int number, String statement, boolean withoutVariables) {
            try {
                return new Line(number, statement, Optional.of(serverIn(statement, withoutVariables)), "");
            } catch (IllegalArgumentException e) {
                return new Line(number, statement, Optional.empty(), e.getMessage());
            }
        }

        String complaint(Optional<String> layout) {
            String why = server.isEmpty()
                    ? mistake
                    : "\"" + Credentials.masked(statement) + "\" is laid out otherwise than the other mirrors, which"
                            + " continue with /" + layout.orElseThrow() + "; one path for all of them is not to be had";
            return "line " + number + " is left out: " + why;
        }
    }

    private static Server serverIn(String statement, boolean withoutVariables) {
        Matcher server = SERVER.matcher(statement);
        if (server.matches()) {
            String address = Objects.requireNonNull(server.group("address"));
            return withoutVariables && !address.contains("$") ? new Server(Mirror.of(address), "") : split(address);
        }
        if (ADDRESS_ALONE.matcher(statement).matches()) {
            return statement.contains("$") ? split(statement) : new Server(Mirror.of(statement), BELOW_THE_BASE);
        }
        throw new IllegalArgumentException("\"" + Credentials.masked(statement)
                + "\" is not of the form Server = https://mirror/" + BELOW_THE_BASE);
    }

    /** The base is the part before the first variable, whatever the order of those that follow: ARM mirrors put $arch first. */
    private static Server split(String address) {
        int variable = address.indexOf('$');
        if (variable < 1 || address.charAt(variable - 1) != '/') {
            throw new IllegalArgumentException("\"" + Credentials.masked(address) + "\" does not continue with /"
                    + BELOW_THE_BASE + ", so it is not known where the mirror's repositories begin");
        }
        String layout = address.substring(variable).replaceAll("/+$", "");
        return new Server(Mirror.of(address.substring(0, variable)), layout);
    }
}
