package flexo.web;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.download.Client;
import flexo.net.IpLiteral;
import flexo.web.ByteRange.Slice;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What headers ask for, and what is answered, for a file of 1000 bytes. */
class ResponsePlanTest {
    private static final RepositoryPath FILE = path("core/os/x86_64/core.db");
    private static final String SAME = "Wed, 01 Jan 2025 00:00:00 GMT";
    private static final String OLDER = "Tue, 31 Dec 2024 23:59:59 GMT";
    private static final String NEWER = "Wed, 01 Jan 2025 00:00:01 GMT";
    private static final ContentHead HEAD = new ContentHead(1000, Instant.parse("2025-01-01T00:00:00Z"));

    private static final ResponsePlan WHOLE = new ResponsePlan(200, Optional.of(new Slice(0, 1000)));
    private static final ResponsePlan PART = new ResponsePlan(206, Optional.of(new Slice(10, 20)));
    private static final ResponsePlan UNCHANGED = new ResponsePlan(304, Optional.empty());
    private static final ResponsePlan BEYOND = new ResponsePlan(416, Optional.empty());

    @Test
    void withoutConditionsItIsTheWholeFile() {
        assertThat(plan(Map.of())).isEqualTo(WHOLE);
    }

    @Test
    void rangeIsAnsweredWithItsPart() {
        assertThat(plan(Map.of("Range", "bytes=10-19"))).isEqualTo(PART);
    }

    @Test
    void rangeOverTheWholeFileIsAPartToo() {
        assertThat(plan(Map.of("Range", "bytes=0-"))).isEqualTo(new ResponsePlan(206, Optional.of(new Slice(0, 1000))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=5000-6000", "bytes=-0"})
    void rangeBeyondTheEndCannotBeSatisfied(String range) {
        assertThat(plan(Map.of("Range", range))).isEqualTo(BEYOND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-9,20-29", "bytes=19-10", "lines=1-2", "nonsense"})
    void severalOrMalformedRangesAreAnsweredWithTheWholeFile(String range) {
        assertThat(plan(Map.of("Range", range))).isEqualTo(WHOLE);
    }

    @Test
    void rangeIsMeantForGetOnly() {
        assertThat(ResponsePlan.of(request("HEAD", Map.of("Range", "bytes=10-19")), HEAD))
                .isEqualTo(WHOLE);
        assertThat(ResponsePlan.of(request("HEAD", Map.of("Range", "bytes=1000-")), HEAD))
                .isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @CsvSource({
        "'" + SAME + "', 304",
        "'" + NEWER + "', 304",
        "'" + OLDER + "', 200",
        "'Thu, 01 Jan 1970 00:00:00 GMT', 200",
        "yesterday, 200",
        "0, 200",
        "'', 200",
    })
    void copyThatIsNotOlderIsUnchanged(String since, int status) {
        assertThat(plan(Map.of("If-Modified-Since", since)).status()).isEqualTo(status);
        assertThat(ResponsePlan.of(request("HEAD", Map.of("If-Modified-Since", since)), HEAD)
                        .status())
                .isEqualTo(status);
    }

    @Test
    void unchangedFileHasNoPartEither() {
        assertThat(plan(Map.of("If-Modified-Since", SAME, "Range", "bytes=10-19")))
                .isEqualTo(UNCHANGED);
        assertThat(plan(Map.of("If-Modified-Since", SAME, "Range", "bytes=1000-")))
                .isEqualTo(UNCHANGED);
    }

    @Test
    void changedFileIsAnsweredInPartIfAskedSo() {
        assertThat(plan(Map.of("If-Modified-Since", OLDER, "Range", "bytes=10-19")))
                .isEqualTo(PART);
    }

    /** RFC 9110, section 13.1.3: a tag says more than a time; and no tag is ours. */
    @Test
    void timeIsIgnoredBesideATag() {
        assertThat(plan(Map.of("If-None-Match", "\"of another server\"", "If-Modified-Since", SAME)))
                .isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @CsvSource({
        "'" + SAME + "', 206",
        "'" + OLDER + "', 200",
        "'" + NEWER + "', 200",
        "'\"a tag\"', 200",
        "'W/\"a weak tag\"', 200",
        "'', 200",
        "'Wed, 31 Dec 1969 23:59:59 GMT', 200",
    })
    void rangeIsMeantOnlyForTheVersionItNames(String ifRange, int status) {
        assertThat(plan(Map.of("Range", "bytes=10-19", "If-Range", ifRange)).status())
                .isEqualTo(status);
    }

    @Test
    void rangeBeyondTheEndOfAnotherVersionIsNoError() {
        assertThat(plan(Map.of("Range", "bytes=5000-", "If-Range", OLDER))).isEqualTo(WHOLE);
        assertThat(plan(Map.of("Range", "bytes=5000-", "If-Range", SAME))).isEqualTo(BEYOND);
    }

    @Test
    void ifRangeAloneMeansNothing() {
        assertThat(plan(Map.of("If-Range", SAME))).isEqualTo(WHOLE);
        assertThat(plan(Map.of("If-Range", "\"a tag\""))).isEqualTo(WHOLE);
    }

    @Test
    void largeFilesAreAnsweredExactly() {
        ContentHead large = new ContentHead(6L << 30, HEAD.lastModified());

        assertThat(ResponsePlan.of(request("GET", Map.of("Range", "bytes=4294967296-4294967299")), large))
                .isEqualTo(new ResponsePlan(206, Optional.of(new Slice(1L << 32, (1L << 32) + 4))));
    }

    private static ResponsePlan plan(Map<String, String> headers) {
        return ResponsePlan.of(request("GET", headers), HEAD);
    }

    @Test
    void clientIsToldByItsAddressAndItsConnection() {
        assertThat(request("GET", Map.of()).client()).isEqualTo(new Client("192.0.2.1", "192.0.2.1 port 40000"));
    }

    @Test
    void clientOfAReverseProxyHasNoConnectionOfItsOwn() {
        ClientAddress forwarded =
                new ClientAddress(IpLiteral.parse("198.51.100.7").orElseThrow(), true);

        assertThat(request("GET", Map.of(), forwarded).client()).isEqualTo(new Client("198.51.100.7", "198.51.100.7"));
    }

    private static ClientRequest request(String method, Map<String, String> headers) {
        return request(
                method, headers, new ClientAddress(IpLiteral.parse("192.0.2.1").orElseThrow(), false));
    }

    private static ClientRequest request(String method, Map<String, String> headers, ClientAddress client) {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                ResponsePlanTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, arguments) -> switch (called.getName()) {
                    case "getRemotePort" -> 40000;
                    case "getMethod" -> method;
                    case "getHeader" -> headers.get(arguments[0].toString());
                    case "getHeaders" -> Collections.emptyEnumeration();
                    case "getDateHeader" -> date(headers.get(arguments[0].toString()));
                    default -> throw new UnsupportedOperationException(called.toString());
                });
        return ClientRequest.of(request, FILE, client);
    }

    /** As the Servlet API has it: -1 if there is none, an exception if it is no date. */
    private static long date(String header) {
        if (header == null) {
            return -1;
        }
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME
                            .withZone(ZoneOffset.UTC)
                            .parse(header))
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(header, e);
        }
    }
}
