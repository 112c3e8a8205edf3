package flexo.mirror;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;
import java.nio.charset.StandardCharsets;

/** JSON documents as plain maps, lists, texts and numbers: what all documents about mirrors have in common. */
final class DocumentJson {

    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    /** Far more than any document has, and far less than makes the parser, which recurses, run out of stack. */
    private static final int MAX_DEPTH = 32;

    /** Three times what the status document has. Each takes a hundred bytes of memory, though perhaps two in the document. */
    private static final int MAX_VALUES = 100_000;

    private DocumentJson() {}

    /**
     * The value a document holds: {@code Map}, {@code List}, {@code String}, {@code BigDecimal}, {@code Boolean} or null.
     *
     * @param name what the document is called in the exception
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
     * What a document would take to read; of text that is no JSON, any numbers.
     *
     * @param depth how deep arrays and objects are nested at most
     * @param values how many values there are, a few more at most
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
                    // What follows is escaped, be it a quotation mark or not.
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

    /** The text of a value made of public records, lists and maps; fields that are null are left out. */
    static String print(Object value) {
        return JSONB.toJson(value);
    }
}
