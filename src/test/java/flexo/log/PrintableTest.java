package flexo.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What others have written stays in its line. */
class PrintableTest {
    @Test
    void textIsLeftAsItIs() {
        assertThat(Printable.of("GET /core/a%0Ab ~ \"zlib-1:1.3+\" 404; größer €"))
                .isEqualTo("GET /core/a%0Ab ~ \"zlib-1:1.3+\" 404; größer €");
    }

    @Test
    void nothingEndsTheLine() {
        assertThat(Printable.of("a\nb\rc\u0085d\u2028e\u2029f\u000bg\fh"))
                .isEqualTo("a\\u000ab\\u000dc\\u0085d\\u2028e\\u2029f\\u000bg\\u000ch");
    }

    @Test
    void nothingSteersTheTerminal() {
        assertThat(Printable.of("\u001b[2K\b\u0000\u007f\u009b")).isEqualTo("\\u001b[2K\\u0008\\u0000\\u007f\\u009b");
    }

    @Test
    void nothingTurnsTheLineRound() {
        assertThat(Printable.of("\u202egpj.exe\u2066\u200b")).isEqualTo("\\u202egpj.exe\\u2066\\u200b");
    }
}
