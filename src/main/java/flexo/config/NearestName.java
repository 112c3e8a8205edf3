package flexo.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the intended setting for a misspelled or misplaced name. */
final class NearestName {

    private NearestName() {}

    /** {@return the name most similar to an unknown one; empty if none is} */
    static Optional<String> to(String unknown, List<String> names) {
        String wanted = plain(unknown);
        // The right name in the wrong table: timeout for mirrors_auto.timeout, mirrors_auto.port for port.
        return names.stream()
                .filter(name -> plain(name).endsWith("_" + wanted) || wanted.endsWith("_" + plain(name)))
                .max(Comparator.comparingInt(String::length))
                .or(() -> names.stream()
                        .min(Comparator.comparingInt(name -> distance(wanted, plain(name))))
                        .filter(name -> distance(wanted, plain(name)) <= Math.max(2, wanted.length() / 3)));
    }

    /** Normalises the separators of tables and words, which differ between sources. */
    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** {@return the Damerau–Levenshtein distance: insertions, deletions, replacements and swaps of neighbours} */
    static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    steps[i][j] = i + j;
                    continue;
                }
                int replace = steps[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                steps[i][j] = Math.min(replace, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    steps[i][j] = Math.min(steps[i][j], steps[i - 2][j - 2] + 1);
                }
            }
        }
        return steps[from.length()][to.length()];
    }
}
