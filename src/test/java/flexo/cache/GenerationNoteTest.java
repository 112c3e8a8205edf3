package flexo.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.GenerationNote.Signature;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GenerationNoteTest {
    private static final Instant MODIFIED = Instant.parse("2026-03-01T10:00:00Z");
    private static final Signature OWN = signature("own");

    private static Signature signature(String text) {
        return Signature.of(text.getBytes(UTF_8));
    }

    private static GenerationNote note(Optional<Signature> signature) {
        return new GenerationNote(new ContentHead(10, MODIFIED), Optional.empty(), "0".repeat(64), signature, "", true);
    }

    @Test
    void signatureHasTheTimeOfItsDatabase() {
        assertThat(note(Optional.of(OWN)).modified(OWN)).isEqualTo(MODIFIED);
        assertThat(note(Optional.of(OWN)).modified(signature("own")))
                .as("the same bytes")
                .isEqualTo(MODIFIED);
    }

    @Test
    void signatureOfAFormerDatabaseIsOlderThanThatOfThePresentOne() {
        assertThat(note(Optional.of(OWN)).modified(signature("former"))).isBefore(MODIFIED);
        assertThat(note(Optional.empty()).modified(signature("former"))).isBefore(MODIFIED);
    }
}
