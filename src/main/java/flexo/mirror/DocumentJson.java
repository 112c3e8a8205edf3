package flexo.mirror;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;
import java.nio.charset.StandardCharsets;

/** Reads and writes JSON as plain maps, lists, texts and numbers; shared by all documents about mirrors. */
final class DocumentJson {

    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    /** Far more than any document has, and far too few for a stack overflow of the recursive parser. */
    private static final int MAX_DEPTH = 32;

    /**
     * Three times as many as in the status document. Each takes a hundred bytes of memory, for as few as two in the
     * document.
     */
    private static final int MAX_VALUES = 100_000;

    private DocumentJson() {}

    /**
     * Parses a document: {@code Map}, {@code List}, {@code String}, {@code BigDecimal}, {@code Boolean} or null.
     *
     * @param name the subject of the exception's message
     */
    static Object parse(byte[] document, String name) throws UnusableDocumentException {
        String text = new String(document, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new UnusableDocumentException(name + " is empty.");
        }
        Extent extent = Extent.of(text);
        if (extent.depth() > MAX_DEPTH) {
            throw new UnusableDocumentException(name + " is nested more than " + MAX_DEPTH + " levels deep.");
        }
        if (extent.values() > MAX_VALUES) {
            throw new UnusableDocumentException(name + " has more than " + MAX_VALUES + " values.");
        }
        try {
            return JSONB.fromJson(text, Object.class);
        } catch (JsonbException e) {
            throw new UnusableDocumentException(name + " is not well-formed JSON.", e);
        }
    }

    /**
     * The cost of parsing a document; arbitrary numbers for a text that is not JSON.
     *
     * @param depth the deepest nesting of arrays and objects
     * @param values an upper bound of the number of values, a few more than there are
     */
    private record Extent(int depth, int values) {
        static Extent of(String text) {
            int depth = 0;
            int deepest = 0;
            int values = 1;
            boolean inString = false;
            for (int i = 0; i < text.length(); i++) {
                switch (text.charAt(i)) {
                    case '"' -> inString = !inString;
                    // The next character is escaped, even a quotation mark.
                    case '\\' -> i++;
                    case '[', '{' -> {
                        depth += inString ? 0 : 1;
                        values += inString ? 0 : 1;
                    }
                    case ']', '}' -> depth -= inString ? 0 : 1;
                    case ',' -> values += inString ? 0 : 1;
                    default -> {}
                }
                deepest = Math.max(deepest, depth);
            }
            return new Extent(deepest, values);
        }
    }

    /** The text of a value made of public records, lists and maps; null fields are left out. */
    static String print(Object value) {
        return JSONB.toJson(value);
    }
}
