package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The readers of single values; a plain number of a duration counts seconds here. */
class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "5, PT5S",
        "2.5, PT2.5S",
        "0, PT0S",
        "350 ms, PT0.35S",
        "350ms, PT0.35S",
        "5 s, PT5S",
        "1.5 S, PT1.5S",
        "90 secs, PT90S",
        "2 min, PT2M",
        "36 h, PT36H",
        "8 days, PT192H",
        "8days, PT192H",
        "1 day, PT24H",
        "2 weeks, PT336H",
        "1h 30min, PT1H30M",
        "1h30m, PT1H30M",
        "2 days 3 hours, PT51H",
        "1 month, PT2630016S",
        "1 year, PT31557600S",
    })
    void durationsAreRead(String text, Duration duration) {
        assertThat(Durations.parse(text, Duration.ofSeconds(1))).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "5 parsecs",
                "-5 s",
                "5 s later",
                "1..5 s",
                "5,5 s",
                "1 30",
                "5 s 3",
                "9999999999999999999 s",
                "PT5S"
            })
    void whatIsNoDurationIsRefused(String text) {
        assertThat(Durations.parse(text, Duration.ofSeconds(1))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999999 years", "999999999999999999"})
    void absurdDurationsAreLongAndDoNotOverflow(String text) {
        assertThat(Durations.parse(text, Duration.ofDays(1)))
                .hasValueSatisfying(duration -> assertThat(duration).isGreaterThan(Duration.ofDays(1_000_000)));
    }

    @ParameterizedTest
    @CsvSource({
        "8 Bit/s, 1",
        "7 Bit/s, 0",
        "8 B/s, 8",
        "1 KBit/s, 125",
        "25 KiB/s, 25600",
        "2 MBit/s, 250000",
        "2MBit/s, 250000",
        "2 mbit/s, 250000",
        "2.5 MBit/s, 312500",
        "250 KiB/s, 256000",
        "1 MiBit/s, 131072",
        "10 MB/s, 10000000",
        "10 mb/s, 10000000",
        "1 GBit/s, 125000000",
        "25 MiB/s, 26214400",
        "3 kBytes/s, 3000",
    })
    void speedsAreRead(String text, long bytesPerSecond) {
        assertThat(Bandwidth.parse(text)).contains(bytesPerSecond);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "5 MBit", "fast", "5 TB/s", "-1 MB/s", "5 km/s", "999999999999999999 GB/s", "1 KiB/h"})
    void whatIsNoSpeedIsRefused(String text) {
        assertThat(Bandwidth.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"80 %, 0.8", "80%, 0.8", "80, 0.8", "0 %, 0", "100 %, 1", "12.5 %, 0.125"})
    void percentagesAreRead(String text, double share) {
        assertThat(PlainValues.percentage(text)).contains(share);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "101 %", "-1 %", "80 s", "many"})
    void whatIsNoPercentageIsRefused(String text) {
        assertThat(PlainValues.percentage(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://mirror.example.org, https://mirror.example.org/",
        "https://mirror.example.org/, https://mirror.example.org/",
        "HTTPS://Mirror.Example.ORG/Arch, https://mirror.example.org/Arch/",
        "http://mirror:8080/a/b, http://mirror:8080/a/b/",
        "http://[::1]:80, http://[::1]:80/",
        "https://u:p%40@h/x, https://u:p%40@h/x/",
        "https://pkgbuild.com/~eschwartz/repo, https://pkgbuild.com/~eschwartz/repo/",
    })
    void mirrorsEndInASlash(String text, URI url) {
        assertThat(UpstreamUrl.base(text)).contains(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mirror.example.org",
                "//mirror.example.org/",
                "ftp://mirror.example.org/",
                "file:///srv/mirror/",
                "https:///arch",
                "https:mirror",
                "https://mirror/?a=b",
                "https://mirror/#a",
                "https://mirror/a b",
                "https://mirror:70000/",
                "https://mirror/$repo/os/$arch",
                "https://u:p@ss@mirror/",
            })
    void whatIsNoMirrorIsRefused(String text) {
        assertThat(UpstreamUrl.base(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a/list.json?x=1, https://a/list.json?x=1",
        "https://a, https://a",
        "file:///var/lib/status.json, file:///var/lib/status.json",
        "FILE:/a%20b, file:///a%20b",
    })
    void documentsKeepTheirForm(String text, URI url) {
        assertThat(UpstreamUrl.document(text)).contains(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:status.json", "file://host/status.json", "file:///a?b", "file:///a%00", "ftp://a/b"})
    void whatIsNoDocumentIsRefused(String text) {
        assertThat(UpstreamUrl.document(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"de, DE", "GB, GB", "XK, XK"})
    void countriesAreRead(String text, String code) {
        assertThat(PlainValues.country(text)).contains(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UK", "DEU", "Germany", "D"})
    void whatIsNoCountryIsRefused(String text) {
        assertThat(PlainValues.country(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "conect_timeout, connect_timeout",
        "connect-timeout, connect_timeout",
        "conncet_timeout, connect_timeout",
        "mirror_predefined, mirrors_predefined",
        "timeout, mirrors_auto.timeout",
        "mirrors_auto.port, port",
        "mirrors_auto.score, mirrors_auto.max_score",
        "custom_repos, custom_repo",
        "colour, ",
    })
    void theNearestSettingIsFound(String unknown, String nearest) {
        assertThat(NearestName.to(unknown, Keys.NAMES)).isEqualTo(Optional.ofNullable(nearest));
    }

    @ParameterizedTest
    @CsvSource({"abc, abc, 0", "abc, abd, 1", "abc, ab, 1", "abc, acb, 1", "'', abc, 3", "kitten, sitting, 3"})
    void distancesCountLetters(String from, String to, int distance) {
        assertThat(NearestName.distance(from, to)).isEqualTo(distance);
        assertThat(NearestName.distance(to, from)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({
        "https://h/a, https://h/a",
        "https://u:p@h/a, https://***@h/a",
        "https://u:p/a@b@h/a, https://***@h/a",
        "u:p@h, ***@h",
        "x@https://h/, x@https://h/",
        "3000, 3000",
    })
    void credentialsAreMasked(String text, String masked) {
        assertThat(MaskedText.of(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource({
        "20 GiB, 21474836480",
        "20gib, 21474836480",
        "1.5 MiB, 1572864",
        "500 MB, 500000000",
        "2 TB, 2000000000000",
        "1 TiB, 1099511627776",
        "250 KB, 250000",
        "0.0015 KB, 1",
        "80 %, 800000",
        "80%, 800000",
        "2.5 %, 25000",
        "100 %, 1000000",
    })
    void sizesAreRead(String text, long bytesOfAMillion) {
        assertThat(StorageSizes.parse(text)
                        .map(size -> size.bytes() > 0 ? size.bytes() : Math.round(size.share() * 1_000_000)))
                .contains(bytesOfAMillion);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "0",
                "GiB",
                "0 GiB",
                "0 %",
                "101 %",
                "-1 GiB",
                "20 G",
                "20 GBit",
                "20 B/s",
                "2000000 TiB",
                "%"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThat(StorageSizes.parse(text)).isEmpty();
    }
}
