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
 * A ranked list of mirrors in pacman's mirrorlist format: one {@code Server = https://…/$repo/os/$arch} per line. A
 * line with just a URL is accepted, too, since the original Flexo wrote its list like that.
 *
 * @param mirrors the best first, without duplicates
 * @param complaints one sentence for every invalid line, which is skipped
 */
public record Mirrorlist(List<Mirror> mirrors, List<String> complaints) {

    private static final Pattern SERVER = Pattern.compile("Server\\s*=\\s*(?<address>\\S+)");
    private static final Pattern ADDRESS_ALONE = Pattern.compile("https?://\\S+", Pattern.CASE_INSENSITIVE);
    private static final String BELOW_THE_BASE = "$repo/os/$arch";

    public Mirrorlist {
        mirrors = List.copyOf(mirrors);
        complaints = List.copyOf(complaints);
    }

    /** A list of these mirrors; a duplicate keeps its better rank. */
    public static Mirrorlist of(List<Mirror> mirrors) {
        return new Mirrorlist(List.copyOf(new LinkedHashSet<>(mirrors)), List.of());
    }

    /** Parses a text; blank lines and comments are skipped, invalid lines are reported. */
    public static Mirrorlist parse(String text) {
        return parse(text, false);
    }

    /**
     * Parses a list for an unofficial repository, in which a URL without variables is valid, too: pacman uses it for
     * one repository of one architecture.
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

    /** The layout of most lines, so that a typing error only costs its own line; on a tie, that of the first. */
    private static Optional<String> usualLayout(List<Line> lines) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        lines.stream()
                .flatMap(line -> line.server().stream())
                .forEach(server -> counts.merge(server.layout(), 1, Integer::sum));
        return counts.entrySet().stream()
                .reduce((most, next) -> next.getValue() > most.getValue() ? next : most)
                .map(Map.Entry::getKey);
    }

    /** The text for {@link #parse}; it includes passwords, so that the mirrors stay usable. */
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

    /** A mirror, and the path behind its base in repository URLs. */
    private record Server(Mirror mirror, String layout) {}

    /**
     * A line with content.
     *
     * @param server empty if the line is invalid
     * @param mistake the reason; empty if the line is valid
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
                    : "\"" + UserInfo.masked(statement) + "\" is laid out otherwise than the other mirrors, which"
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
        throw new IllegalArgumentException(
                "\"" + UserInfo.masked(statement) + "\" is not of the form Server = https://mirror/" + BELOW_THE_BASE);
    }

    /** The base ends at the first variable, in any order of variables: ARM mirrors put $arch first. */
    private static Server split(String address) {
        int variable = address.indexOf('$');
        if (variable < 1 || address.charAt(variable - 1) != '/') {
            throw new IllegalArgumentException("\"" + UserInfo.masked(address) + "\" does not continue with /"
                    + BELOW_THE_BASE + ", so it is not known where the mirror's repositories begin");
        }
        String layout = address.substring(variable).replaceAll("/+$", "");
        return new Server(Mirror.of(address.substring(0, variable)), layout);
    }
}
