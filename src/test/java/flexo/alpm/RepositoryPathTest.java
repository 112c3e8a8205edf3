package flexo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import flexo.alpm.RefusedPathException.Reason;
import flexo.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryPathTest {
    private static final List<String> HOSTILE = List.of(
            "/", "/", "a", "b.db", ".", "..", "%2e", "%2f", "%5c", "%00", "%", "%c3", "%a9", "%c0%af", "\\", "é", "+",
            "~", ":", "%25");
    /** All characters that need no rule of their own, and those that do elsewhere. */
    private static final List<String> PLAIN = Stream.concat(
                    IntStream.rangeClosed(' ', '~')
                            .filter(c -> c != '/' && c != '\\')
                            .mapToObj(Character::toString),
                    Stream.of("é", "€", "漢", "\u00a0"))
            .toList();

    @ParameterizedTest
    @CsvSource({
        "/core/os/x86_64/core.db, core/os/x86_64/core.db",
        "/lastsync, lastsync",
        "/iso/latest/archlinux-x86_64.iso, iso/latest/archlinux-x86_64.iso",
        "/custom_repo/eschwartz/~eschwartz/repo/x86_64/e.db, custom_repo/eschwartz/~eschwartz/repo/x86_64/e.db",
        "/a/b..c, a/b..c",
        "/a/b., a/b.",
        "/a/..., ",
        "/a%20b, a b",
        "/a%25, a%",
        "/a%2525, a%25",
        "/caf%C3%A9, café",
        "/%F0%9F%93%A6.pkg.tar.zst, 📦.pkg.tar.zst",
    })
    void plainPathsAreDecodedOnce(String raw, String decoded) throws RefusedPathException {
        if (decoded == null) {
            assertRefused(raw, Reason.FORBIDDEN);
        } else {
            assertThat(RepositoryPath.parse(raw)).hasToString(decoded);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/e/zlib-1:1.3.1-2-x86_64.pkg.tar.zst, /e/zlib-1%3A1.3.1-2-x86_64.pkg.tar.zst",
        "/e/zlib-1:1.3.1-2-x86_64.pkg.tar.zst, /e/zlib-1%3a1.3.1-2-x86_64.pkg.tar.zst",
        "/e/libstdc++5-3.3.6-9-x86_64.pkg.tar.zst, /e/libstdc%2B%2B5-3.3.6-9-x86_64.pkg.tar.zst",
        "/e/libstdc++5-3.3.6-9-x86_64.pkg.tar.zst, /e/libstdc+%2b5-3.3.6-9-x86_64.pkg.tar.zst",
        "/~eschwartz/repo/x86_64/e.db, /%7Eeschwartz/repo/x86_64/e.db",
        "/e/openbsd-manpages@7.pkg.tar.zst, /e/openbsd-manpages%407.pkg.tar.zst",
        "/core/os/x86_64/core.db, /%63ore/os/x86%5F64/core%2Edb",
    })
    void spellingsOfOneFileAreEqual(String one, String other) throws RefusedPathException {
        assertThat(RepositoryPath.parse(one))
                .isEqualTo(RepositoryPath.parse(other))
                .hasSameHashCodeAs(RepositoryPath.parse(other));
    }

    @Test
    void decodedPathIsTakenAsItIs() throws RefusedPathException {
        assertThat(RepositoryPath.ofDecoded("e/a%2Bb+c-1:1-1-any.pkg.tar.zst"))
                .hasToString("e/a%2Bb+c-1:1-1-any.pkg.tar.zst")
                .isEqualTo(RepositoryPath.parse("/e/a%252Bb+c-1:1-1-any.pkg.tar.zst"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/core.db", "core//core.db", "core/", "core/../core.db", ".last-uses", "a\u0000b"})
    void decodedPathMustBePlainToo(String path) {
        assertThatExceptionOfType(RefusedPathException.class).isThrownBy(() -> RepositoryPath.ofDecoded(path));
    }

    @Test
    void fileNameAloneDoesNotMakeTwoFilesEqual() throws RefusedPathException {
        assertThat(RepositoryPath.parse("/core/os/x86_64/core.db"))
                .isNotEqualTo(RepositoryPath.parse("/core/os/aarch64/core.db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//core/os/x86_64/core.db", "/core//os/x86_64/core.db", "/core/os/x86_64///core.db"})
    void severalSlashesAreOne(String raw) throws RefusedPathException {
        assertThat(RepositoryPath.parse(raw)).isEqualTo(RepositoryPath.parse("/core/os/x86_64/core.db"));
    }

    @Test
    void slashInsideANameIsStillRefused() {
        assertRefused("/core/%2F/core.db", Reason.MALFORMED);
    }

    @Test
    void plusIsNoSpace() throws RefusedPathException {
        assertThat(RepositoryPath.parse("/a+b")).isNotEqualTo(RepositoryPath.parse("/a%20b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "core/os/x86_64/core.db",
                "//",
                "///",
                "/core/",
                "/core//",
                "/a/%2F/b",
                "/a%2Fb",
                "/a%2fb",
                "/..%2f..%2fetc%2fpasswd",
                "/a\\b",
                "/a%5Cb",
                "/..%5c..%5cwindows",
                "/a%00",
                "/a%00.db",
                "/a%0A",
                "/a%0d%0aSet-Cookie:x",
                "/a%1F",
                "/a%7F",
                "/a\u0000b",
                "/a\tb",
                "/a\nb",
                "/%C2%85",
            })
    void whatIsNoPathIsMalformed(String raw) {
        assertRefused(raw, raw.startsWith("/..") ? Reason.FORBIDDEN : Reason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/a%", "/a%2", "/a%zz", "/a%2z", "/a%z2", "/%%", "/%%32", "/a%-1", "/a%+1", "/a%/b"})
    void brokenEscapesAreMalformed(String raw) {
        assertRefused(raw, Reason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Overlong forms of '/' and '.', and of NUL.
                "/a%C0%AFb",
                "/%C0%AE%C0%AE/a",
                "/a%E0%80%AFb",
                "/a%F0%80%80%AFb",
                "/a%C0%80",
                // A lone continuation, a character cut short, a surrogate, beyond Unicode.
                "/a%80",
                "/a%C3",
                "/a%C3/%A9",
                "/a%ED%A0%80",
                "/a%F4%90%80%80",
                "/a%FF",
            })
    void whatIsNoUtf8IsMalformed(String raw) {
        assertRefused(raw, Reason.MALFORMED);
    }

    /** A request line is ASCII; containers hand on the bytes of another as they like. */
    @ParameterizedTest
    @ValueSource(strings = {"/café", "/📦", "/a\u00a0b", "/a\u007fb", "/a\u0665b", "/%\u0662\u0666"})
    void unescapedCharactersBeyondAsciiAreMalformed(String raw) {
        assertRefused(raw, Reason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.",
                "/..",
                "/./a",
                "/../a",
                "/a/../b",
                "/a/..",
                "/%2e%2e/a",
                "/%2E%2E/a",
                "/.%2e/a",
                "/a/.hidden",
                "/.git/config",
                "/core/os/x86_64/.core.db.part",
                "/core/os/x86_64/%2Ecore.db.part",
                "/core/os/x86_64/.core.db.head",
                "/core/os/x86_64/.core.db.cfs",
            })
    void hiddenAndParentNamesAreForbidden(String raw) {
        assertRefused(raw, Reason.FORBIDDEN);
    }

    @ParameterizedTest
    @CsvSource({"a, 240", "é, 120", "📦, 60"})
    void longestNameHasRoomForThePartFilesNames(String character, int times) throws RefusedPathException {
        String name = character.repeat(times);
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSize(240);

        assertThat(RepositoryPath.parse("/a/" + escaped(name))).hasToString("a/" + name);
        assertRefused("/a/" + escaped(name + "b"), Reason.MALFORMED);
        assertRefused("/" + escaped(name + "b") + "/a", Reason.MALFORMED);
    }

    @Test
    void longestPathHas2047Bytes() throws RefusedPathException {
        String ten = ("/" + "a".repeat(203)).repeat(10);
        assertThat(RepositoryPath.parse(ten + "/bbbbbbb").toString()).hasSize(2047);
        assertRefused(ten + "/bbbbbbbb", Reason.MALFORMED);
        assertThat(RepositoryPath.parse((ten + "/bbbbbbb").replace("a", "%61")).toString())
                .hasSize(2047);
    }

    @Test
    void veryLongPathsAreRefusedBeforeTheyAreRead() {
        assertRefused("/" + "a/".repeat(1_000_000), Reason.MALFORMED);
        assertRefused("/" + "%".repeat(1_000_000), Reason.MALFORMED);
    }

    @Test
    void refusalTellsTheClientWhy() {
        assertThatExceptionOfType(RefusedPathException.class)
                .isThrownBy(() -> RepositoryPath.parse("/a/%zz"))
                .withMessage("The path has a broken percent escape.");
    }

    @ParameterizedTest
    @CsvSource({
        "/core/os/x86_64/core.db, core/os/x86_64/core.db",
        "/e/zlib-1%3A1.3-2.pkg.tar.zst, e/zlib-1:1.3-2.pkg.tar.zst",
        "/e/libstdc++5.pkg.tar.zst, e/libstdc%2B%2B5.pkg.tar.zst",
        "/%7Eeschwartz/e.db, ~eschwartz/e.db",
        "/e/manpages%407, e/manpages@7",
        "/a%20b, a%20b",
        "/a%25b, a%25b",
        "/a%3Fb, a%3Fb",
        "/a%23b, a%23b",
        "/%5Ba%5D, %5Ba%5D",
        "/a%22, a%22",
        "/caf%c3%a9, caf%C3%A9",
        "/%F0%9F%93%A6, %F0%9F%93%A6",
    })
    void mirrorsAreAskedInAWayThatEveryServerUnderstands(String raw, String url) throws RefusedPathException {
        assertThat(RepositoryPath.parse(raw).toUrlPath()).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource({"/lastsync, lastsync, TIMESTAMP", "/a/b/core.db.sig, core.db.sig, DATABASE_SIGNATURE"})
    void lastSegmentIsTheFilesName(String raw, String name, FileKind kind) throws RefusedPathException {
        assertThat(RepositoryPath.parse(raw).fileName()).isEqualTo(name);
        assertThat(RepositoryPath.parse(raw).kind()).isEqualTo(kind);
    }

    @Test
    void whatIsAskedOfAMirrorNamesTheSameFile() {
        Seeds.upTo(1000, random -> {
            String plain = Stream.generate(() -> plainSegment(random))
                    .limit(1 + random.nextInt(5))
                    .collect(Collectors.joining("/"));
            RepositoryPath path = RepositoryPath.parse("/" + escaped(plain).replace("%2F", "/"));

            assertThat(path).hasToString(plain);
            assertThat(path.toUrlPath()).matches("[!-~]+").doesNotContain("?", "#", "\\");
            assertThat(RepositoryPath.parse("/" + path.toUrlPath())).isEqualTo(path);
        });
    }

    private static String plainSegment(Random random) {
        String segment = joined(random, 1 + random.nextInt(40), PLAIN);
        return segment.startsWith(".") ? "a" + segment : segment;
    }

    /** Whatever comes, the answer is a refusal or a path that is plain. */
    @Test
    void whatIsTakenIsAlwaysPlain() {
        Seeds.upTo(5000, random -> {
            String raw = "/" + joined(random, random.nextInt(13), HOSTILE);
            try {
                RepositoryPath path = RepositoryPath.parse(raw);
                assertThat(path.toString().split("/", -1))
                        .as(raw)
                        .noneMatch(String::isEmpty)
                        .noneMatch(segment -> segment.startsWith("."))
                        .noneMatch(segment -> segment.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c)));
                assertThat(RepositoryPath.parse("/" + path.toUrlPath())).isEqualTo(path);
            } catch (RefusedPathException e) {
                assertThat(e).as(raw).hasMessageMatching("[ -~]+\\.");
            }
        });
    }

    private static String joined(Random random, int count, List<String> parts) {
        return Stream.generate(() -> parts.get(random.nextInt(parts.size())))
                .limit(count)
                .collect(Collectors.joining());
    }

    /** Every byte escaped. */
    private static String escaped(String text) {
        StringBuilder url = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            url.append(String.format("%%%02X", b & 0xff));
        }
        return url.toString();
    }

    private static void assertRefused(String raw, Reason reason) {
        assertThatExceptionOfType(RefusedPathException.class)
                .isThrownBy(() -> RepositoryPath.parse(raw))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/a, core/os/x86_64/core.db",
        "archive/2024/02/29/core/os/x86_64/a, archive/2024/02/29/core/os/x86_64/core.db",
        "custom_repo/arm/aarch64/core/a, custom_repo/arm/aarch64/core/core.db",
        "custom_repo/chaotic/chaotic-aur/x86_64/a, custom_repo/chaotic/chaotic-aur/x86_64/chaotic-aur.db",
        "custom_repo/manjaro/stable/extra/x86_64/a, custom_repo/manjaro/stable/extra/x86_64/extra.db",
        "custom_repo/cachyos/x86_64_v3/cachyos-v3/a, custom_repo/cachyos/x86_64_v3/cachyos-v3/cachyos-v3.db",
        "custom_repo/local/a, custom_repo/local/local.db",
        "x86_64/a, x86_64/x86_64.db",
    })
    void usualDatabaseIsNamedAfterTheRepositoryInEveryLayout(String file, String database) throws Exception {
        assertThat(RepositoryPath.parse("/" + file).usualDatabase()).hasToString(database);
    }

    @Test
    void pathIsBelowWholeSegmentsOfAnother() throws Exception {
        RepositoryPath path = RepositoryPath.parse("/custom_repo/arm/core.db");

        assertThat(path.isBelow("custom_repo")).isTrue();
        assertThat(path.isBelow("custom_repo/arm")).isTrue();
        assertThat(path.isBelow("custom_repo/ar")).isFalse();
        assertThat(path.isBelow("custom")).isFalse();
        assertThat(path.isBelow("custom_repo/arm/core.db")).isFalse();
        assertThat(path.segments()).containsExactly("custom_repo", "arm", "core.db");
    }

    @Test
    void pathWithoutItsFirstSegmentsIsTheRest() throws Exception {
        RepositoryPath path = RepositoryPath.parse("/repo/arm/core.db");

        assertThat(path.withoutFirst(0)).contains(path);
        assertThat(path.withoutFirst(2)).contains(RepositoryPath.parse("/core.db"));
        assertThat(path.withoutFirst(3)).isEmpty();
        assertThat(path.withoutFirst(1).orElseThrow().below("custom_repo")).hasToString("custom_repo/arm/core.db");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/core",
                "/x86_64",
                "/favicon.ico",
                "/robots.txt",
                "/core/os",
                "/core/os/x86_64",
                "/core/x86_64",
                "/aarch64/core/any",
                "/custom_repo/arm/aarch64"
            })
    void directoriesOfTheLayoutAndWhatBrowsersAskForAreNoFiles(String path) throws Exception {
        assertThat(RepositoryPath.parse(path).isNoFile()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/lastsync",
                "/lastupdate",
                "/core.db",
                "/core.files.sig",
                "/a-1-1-any.pkg.tar.zst",
                "/a-1-1-any.pkg.tar.zst.sig",
                "/core/core.db",
                "/iso/latest/sha256sums.txt",
                "/iso/2024.01.01/arch/boot/x86_64/vmlinuz-linux",
                "/images/x86_64/version"
            })
    void whatAMirrorMayHaveIsAFile(String path) throws Exception {
        assertThat(RepositoryPath.parse(path).isNoFile()).isFalse();
    }
}
