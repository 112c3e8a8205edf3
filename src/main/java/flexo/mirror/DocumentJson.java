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
        if (depth(text) > MAX_DEPTH) {
            throw new UnusableDocumentException(name + " is nested more than " + MAX_DEPTH + " levels deep.");
        }
        try {
            return JSONB.fromJson(text, Object.class);
        } catch (JsonbException e) {
            throw new UnusableDocumentException(name + " is not well-formed JSON.", e);
        }
    }

    /** How deep arrays and objects are nested at most; of text that is no JSON, any number. */
    private static int depth(String text) {
        int depth = 0;
        int deepest = 0;
        boolean inString = false;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"' -> inString = !inString;
                // What follows is escaped, be it a quotation mark or not.
                case '\\' -> i++;
                case '[', '{' -> depth += inString ? 0 : 1;
                case ']', '}' -> depth -= inString ? 0 : 1;
                default -> {}
            }
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    /** The text of a value made of public records, lists and maps; fields that are null are left out. */
    static String print(Object value) {
        return JSONB.toJson(value);
    }
}
