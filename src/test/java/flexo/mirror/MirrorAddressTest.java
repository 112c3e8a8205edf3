package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorAddressTest {

    @Test
    void addressEndsInASlashHoweverItWasWritten() {
        assertThat(Mirror.of("https://mirror.example.org/archlinux").base())
                .hasToString("https://mirror.example.org/archlinux/");
        assertThat(Mirror.of("https://mirror.example.org").base()).hasToString("https://mirror.example.org/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTPS://Mirror.Example.org/archlinux/",
                "https://mirror.example.org:443/archlinux",
                "https://mirror.example.org//archlinux//",
                " https://mirror.example.org/./archlinux/ "
            })
    void differentSpellingsAreOneMirror(String spelling) {
        assertThat(Mirror.of(spelling)).isEqualTo(Mirror.of("https://mirror.example.org/archlinux/"));
    }

    @Test
    void plainAndEncryptedAddressAreTwoMirrors() {
        assertThat(Mirror.of("http://m.example/")).isNotEqualTo(Mirror.of("https://m.example/"));
        assertThat(Mirror.of("http://m.example/").https()).isFalse();
        assertThat(Mirror.of("https://m.example/").https()).isTrue();
    }

    @Test
    void portAndEscapedCharactersAreKept() {
        assertThat(Mirror.of("http://127.0.0.1:9101/~arch/a%20b").base())
                .hasToString("http://127.0.0.1:9101/~arch/a%20b/");
        assertThat(Mirror.of("http://[2001:DB8::1]:81/").base()).hasToString("http://[2001:db8::1]:81/");
    }

    @Test
    void passwordIsKeptForTheRequestAndMaskedForPeople() {
        Mirror mirror = Mirror.of("https://anna:s3cret@mirror.example.org/");

        assertThat(mirror.base().getUserInfo()).isEqualTo("anna:s3cret");
        assertThat(mirror).hasToString("https://***@mirror.example.org/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mirror.example.org",
                "ftp://mirror.example.org/",
                "rsync://mirror.example.org/",
                "https:///archlinux",
                "https://m.example/?x=1",
                "https://m.example/#top",
                "https://a:s3cret@m.example/$repo/os/{x}",
                "file:/etc/passwd"
            })
    void whatIsNoHttpAddressIsRefusedWithASentence(String address) {
        assertThatThrownBy(() -> Mirror.of(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a mirror: it ")
                .hasMessageNotContaining("s3cret");
    }
}
