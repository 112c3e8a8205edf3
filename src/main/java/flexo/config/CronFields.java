package flexo.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells whether a text is a cron expression of five fields, as crontab(5) describes them. */
final class CronFields {
    private static final List<String> MONTHS =
            List.of("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final List<Field> FIELDS = List.of(
            new Field(0, 59, List.of()),
            new Field(0, 23, List.of()),
            new Field(1, 31, List.of()),
            new Field(1, 12, MONTHS),
            new Field(0, 7, DAYS));
    private static final Pattern PART = Pattern.compile("(?:\\*|(\\w+)(?:-(\\w+))?)(?:/(\\d{1,2}))?");

    private CronFields() {}

    static boolean valid(String text) {
        String[] fields = text.strip().split("\\s+", -1);
        if (fields.length != FIELDS.size()) {
            return false;
        }
        for (int i = 0; i < fields.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                if (!FIELDS.get(i).accepts(part)) {
                    return false;
                }
            }
        }
        return true;
    }

    private record Field(int least, int most, List<String> names) {
        boolean accepts(String text) {
            Matcher part = PART.matcher(text);
            if (!part.matches()) {
                return false;
            }
            int step = part.group(3) == null ? 1 : Integer.parseInt(part.group(3));
            if (part.group(1) == null) {
                return step > 0;
            }
            int first = number(part.group(1));
            int last = part.group(2) == null ? first : number(part.group(2));
            return step > 0 && first >= least && last <= most && first <= last;
        }

        /** Outside of every field if the text is no number and no name. */
        private int number(String text) {
            int named = text.isEmpty() ? -1 : names.indexOf(text.toLowerCase(Locale.ROOT));
            return named >= 0 ? named : text.matches("\\d{1,2}") ? Integer.parseInt(text) : -1;
        }
    }
}
