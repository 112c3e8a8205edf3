package flexo.prefetch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A list of packages as {@code pacman -Qq} or {@code pacman -Q} prints it. Pure.
 *
 * @param names the package names without duplicates
 * @param mistakes messages about invalid lines, for people; any refuses the list
 */
public record PackageList(List<String> names, List<String> mistakes) {
    /** More packages than there are. */
    static final int MOST_NAMES = 20_000;

    private static final int MISTAKES_TOLD = 10;
    /** The names that makepkg allows and that older packages have, without a leading hyphen or dot. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@_+][A-Za-z0-9@._+-]{0,254}");

    /** Parses a list: a name on each line, optionally with a version; empty lines and comments are skipped. */
    public static PackageList parse(String text) {
        Set<String> names = new LinkedHashSet<>();
        List<String> mistakes = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            String entry = line.strip();
            if (entry.isEmpty() || entry.startsWith("#")) {
                continue;
            }
            String[] words = entry.split("\\s+", -1);
            if (words.length > 2 || !NAME.matcher(words[0]).matches()) {
                mistakes.add("line " + number + " is not the name of a package: " + shown(entry));
            } else {
                names.add(words[0]);
            }
            if (names.size() > MOST_NAMES) {
                mistakes.add("there are more than " + MOST_NAMES + " names");
            }
            if (mistakes.size() >= MISTAKES_TOLD) {
                mistakes.add("and so on");
                break;
            }
        }
        return new PackageList(List.copyOf(names), List.copyOf(mistakes));
    }

    private static String shown(String entry) {
        String printable = entry.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > 60 ? printable.substring(0, 60) + "…" : printable;
    }
}
