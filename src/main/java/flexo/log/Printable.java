package flexo.log;

/** Escapes untrusted text for the log, so that it cannot end its line or hide a part of it. */
public final class Printable {
    private Printable() {}

    /** The text, with invisible characters and those that affect display escaped as <code>&#92;u000a</code>. */
    public static String of(String text) {
        return text.chars().allMatch(Printable::isHarmless) ? text : escaped(text);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 20);
        text.chars().forEach(character -> {
            if (isHarmless(character)) {
                escaped.append((char) character);
            } else {
                escaped.append(String.format("\\u%04x", character));
            }
        });
        return escaped.toString();
    }

    private static boolean isHarmless(int character) {
        if (character >= ' ' && character < 127) {
            return true;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
