package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebPageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html>\n<html>",
                "<html><head><title>Log in</title>",
                "\r\n  <HTML>",
                "\uFEFF<!doctype html>",
                "<?xml version=\"1.0\"?><html>",
                "<p>",
                "<!-- \n the portal of Müller & Sons -->"
            })
    void pagesAreKnownByTheirFirstTag(String page) {
        assertThat(WebPage.startsIn(page.getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "   ", "<", "1767225600\n", "< html>", "<3 packages", "-----BEGIN PGP SIGNATURE-----\n<html>"
            })
    void otherTextIsNone(String text) {
        assertThat(WebPage.startsIn(text.getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void bytesThatHappenToBeginLikeATagAreNone() {
        assertThat(WebPage.startsIn(new byte[] {'<', 'b', 'o', 'd', 'y', '>', 0, 1, 2, 3, 4, 5, 6}))
                .isFalse();
        assertThat(WebPage.startsIn(new byte[] {'<', '!', (byte) 0xb5, 0x2f, (byte) 0xfd}))
                .isFalse();
    }
}
