package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectAddressTest {
    private static final URI FROM = URI.create("http://a.example:81/x/y/file?z");

    @ParameterizedTest
    @CsvSource({
        "http://b.example/f, http://b.example/f",
        "https://b.example:444/f?q=1, https://b.example:444/f?q=1",
        "//b.example/f, http://b.example/f",
        "/f, http://a.example:81/f",
        "f, http://a.example:81/x/y/f",
        "../f, http://a.example:81/x/f",
        "./f:1-2, http://a.example:81/x/y/f:1-2",
        "http://b.example, http://b.example",
        "http://[::1]:8080/f, http://[::1]:8080/f",
        "/f#part, http://a.example:81/f",
    })
    void wellFormedLocationsAreResolved(String location, String address) {
        assertThat(RedirectAddress.of(location, FROM)).contains(URI.create(address));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "/a b.pkg => http://a.example:81/a%20b.pkg",
                "/[core]/a|b => http://a.example:81/%5Bcore%5D/a%7Cb",
                "/f?sig=a|b[c]&d={e} => http://a.example:81/f?sig=a%7Cb%5Bc%5D&d=%7Be%7D",
                "/100%/50%2 => http://a.example:81/100%25/50%252",
                "/a%20b%2Bc => http://a.example:81/a%20b%2Bc",
                "http://b.example/<a>^`\\ => http://b.example/%3Ca%3E%5E%60%5C",
                "[a]/b c => http://a.example:81/x/y/%5Ba%5D/b%20c",
                "/f?next=http://c.example/ => http://a.example:81/f?next=http://c.example/",
            })
    void whatMayNotStandInAnAddressIsEncoded(String location, String address) {
        assertThat(RedirectAddress.of(location, FROM)).contains(URI.create(address));
    }

    @Test
    void bytesBeyondAsciiAreKept() {
        assertThat(RedirectAddress.of("/\u00c3\u00a4", FROM)).contains(URI.create("http://a.example:81/%C3%A4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://", "http://[::1/f", "http://a b/f", ":"})
    void whatIsNoAddressAtAllIsNone(String location) {
        assertThat(RedirectAddress.of(location, FROM)).isEmpty();
    }
}
