package flexo.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a database and what it says; whatever else a mirror sends is refused in words for people. */
class DatabaseReaderTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final PackageFile BASH =
            new PackageFile("bash-5.2.037-1-x86_64.pkg.tar.zst", 1_893_222, SHA256, "bash", "5.2.037-1");
    private static final String BASH_DESC = desc(BASH, 1_733_000_000);

    @TempDir
    private Path directory;

    // What is read.

    @ParameterizedTest
    @ValueSource(strings = {"core.db", "core.files", "core-zst.db", "core-xz.db", "core-bzip2.db"})
    void databaseMadeByRepoAddIsReadHoweverItIsCompressed(String resource) throws Exception {
        RepositoryDatabase database = DatabaseReader.read(resource(resource), DatabaseLimits.usual());

        assertThat(database.size()).isEqualTo(24);
        assertThat(database.file("iana-etc-20241206-1-any.pkg.tar.zst")).hasValueSatisfying(file -> {
            assertThat(file.name()).isEqualTo("iana-etc");
            assertThat(file.version()).isEqualTo("20241206-1");
            assertThat(file.sizeBytes()).isEqualTo(31493);
            assertThat(file.sha256()).isEqualTo("087c22d2a0356f20895cb71aecffa262c8b0eecc385a858e72ef4121eec92478");
        });
        assertThat(database.file("gcc-libs-14.2.1+r753+g1cd744a6828f-1-x86_64.pkg.tar.zst"))
                .isPresent();
        assertThat(database.newestBuild()).contains(Instant.parse("2024-12-30T00:00:00Z"));
    }

    @Test
    void emptyRepositoryOfRepoRemoveIsADatabase() throws Exception {
        RepositoryDatabase database = DatabaseReader.read(resource("empty.db"), DatabaseLimits.usual());

        assertThat(database.size()).isZero();
        assertThat(database.newestBuild()).isEmpty();
    }

    @Test
    void relationsAreReadOnDemand() throws Exception {
        String old = "%FILENAME%\na-1-1-any.pkg.tar.gz\n\n%NAME%\na\n";
        Path file = Files.write(
                directory.resolve("core.db"),
                new TarText()
                        .desc("bash-5.2.037-1", BASH_DESC + "%PROVIDES%\nsh\nlibsh.so=8-64\n\n%CONFLICTS%\nno\n")
                        .desc("a-1-1", old)
                        .whole());

        assertThat(DatabaseReader.relations(file, DatabaseLimits.usual()))
                .containsExactly(
                        new PackageRelations(
                                BASH.name(),
                                BASH.fileName(),
                                BASH.sizeBytes(),
                                List.of("sh", "libsh.so=8-64"),
                                List.of("glibc", "libfoo.so=8-64")),
                        new PackageRelations(
                                "a", "a-1-1-any.pkg.tar.gz", PackageFile.UNKNOWN_SIZE, List.of(), List.of()));
    }

    @Test
    void relationsWithoutEndAreRefused() throws Exception {
        TarText archive = new TarText();
        for (int i = 0; i < 100; i++) {
            String name = "p" + i;
            archive.desc(
                    name + "-1-1", desc(file(name + "-1-1-any.pkg.tar.zst"), 1) + "%DEPENDS%\n" + "x\n".repeat(10_000));
        }
        Path file = Files.write(directory.resolve("core.db"), archive.whole());

        assertThatThrownBy(() -> DatabaseReader.relations(file, DatabaseLimits.usual()))
                .isInstanceOf(NotADatabaseException.class);
    }

    @ParameterizedTest
    @EnumSource(Packed.class)
    void everythingThatIsKeptOfADescIsRead(Packed packed) throws Exception {
        RepositoryDatabase database =
                read(packed.pack(new TarText().desc("bash-5.2.037-1", BASH_DESC).whole()));

        assertThat(database.files()).containsOnlyKeys(BASH.fileName()).containsValue(BASH);
        assertThat(database.newestBuild()).contains(Instant.ofEpochSecond(1_733_000_000));
        assertThat(database.file("zsh-5.9-1-x86_64.pkg.tar.zst")).isEmpty();
    }

    @Test
    void newestBuildIsTheLatestOfAllPackages() throws Exception {
        RepositoryDatabase database = read(new TarText()
                .desc("a-1-1", desc(file("a"), 1_700_000_000))
                .desc("b-1-1", desc(file("b"), 1_733_000_000))
                .desc("c-1-1", desc(file("c"), 1_600_000_000))
                .whole());

        assertThat(database.size()).isEqualTo(3);
        assertThat(database.newestBuild()).contains(Instant.ofEpochSecond(1_733_000_000));
    }

    @Test
    void descOfAnOldRepositoryHasNeitherHashNorSize() throws Exception {
        String desc = "%FILENAME%\na-1-1-any.pkg.tar.gz\n\n%NAME%\na\n\n%BUILDDATE%\nTue Mar  2 2010\n\n";

        RepositoryDatabase database = read(new TarText()
                .desc("a-1-1", desc)
                .entry("a-1-1/depends", TarText.FILE, "%DEPENDS%\nb\n")
                .whole());

        assertThat(database.file("a-1-1-any.pkg.tar.gz"))
                .contains(new PackageFile("a-1-1-any.pkg.tar.gz", PackageFile.UNKNOWN_SIZE, "", "a", ""));
        assertThat(database.newestBuild()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-5", "many", "99999999999999999999", "12 "})
    void sizeThatIsNoneIsUnknown(String size) throws Exception {
        String desc = "%FILENAME%\na.pkg.tar.zst\n\n%NAME%\na\n\n%CSIZE%\n" + size + "\n\n";

        RepositoryDatabase database = read(new TarText().desc("a-1-1", desc).whole());

        assertThat(database.file("a.pkg.tar.zst").orElseThrow().sizeBytes()).isEqualTo(PackageFile.UNKNOWN_SIZE);
    }

    @Test
    void valueThatLooksLikeAKeyIsAValue() throws Exception {
        String desc = "%FILENAME%\na.pkg.tar.zst\n\n%NAME%\na\n%VERSION%\n1-1\n\n%DESC%\n%NAME%\nnot this one";

        RepositoryDatabase database = read(new TarText().desc("a-1-1", desc).whole());

        assertThat(database.files())
                .containsValue(new PackageFile("a.pkg.tar.zst", PackageFile.UNKNOWN_SIZE, "", "a", "1-1"));
    }

    @Test
    void hashInCapitalsIsTheSame() throws Exception {
        String desc = BASH_DESC.replace(SHA256, SHA256.toUpperCase(java.util.Locale.ROOT));

        assertThat(read(new TarText().desc("bash-5.2.037-1", desc).whole()).files())
                .containsValue(BASH);
    }

    @Test
    void samePackageTwiceIsKeptOnce() throws Exception {
        byte[] twice = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .desc("bash-5.2.037-1", BASH_DESC)
                .whole();

        assertThat(read(twice).size()).isEqualTo(1);
    }

    @Test
    void databaseIsTakenFromItsBytesAndNotFromItsName() throws Exception {
        Path file = Files.write(
                directory.resolve("core.db.tar.xz"),
                Packed.GZIP.pack(new TarText().desc("bash-5.2.037-1", BASH_DESC).whole()));

        assertThat(DatabaseReader.read(file, DatabaseLimits.usual()).size()).isEqualTo(1);
    }

    // The forms of tar.

    @Test
    void pathOfAPaxHeaderStandsForTheShortOne() throws Exception {
        String name = "n".repeat(150) + "-1-1";
        byte[] tar = new TarText()
                .entry("pax_global_header", 'g', "20 comment=whatever\n")
                .entry("PaxHeaders/desc", 'x', pax("path", name + "/desc") + pax("mtime", "1733000000.5"))
                .entry(name.substring(0, 90), TarText.FILE, BASH_DESC)
                .entry("b-1-1/desc", TarText.FILE, desc(file("b"), 1))
                .whole();

        assertThat(read(tar).files()).containsOnlyKeys(BASH.fileName(), "b-1-1-any.pkg.tar.zst");
    }

    @Test
    void sizeOfAPaxHeaderStandsForTheOther() throws Exception {
        byte[] tar = new TarText()
                .entry("PaxHeaders/desc", 'x', pax("size", Integer.toString(BASH_DESC.length())))
                .header("bash-5.2.037-1/desc", TarText.FILE, TarText.octal(0))
                .body(BASH_DESC.getBytes(UTF_8))
                .whole();

        assertThat(read(tar).files()).containsValue(BASH);
    }

    @Test
    void longNameOfGnuStandsForTheShortOne() throws Exception {
        String name = "n".repeat(150) + "-1-1";
        byte[] tar = new TarText()
                .entry("././@LongLink", 'K', "a target\0")
                .entry("././@LongLink", 'L', name + "/desc\0")
                .entry(name.substring(0, 99), TarText.FILE, BASH_DESC)
                .whole();

        assertThat(read(tar).files()).containsValue(BASH);
    }

    @Test
    void prefixOfUstarStandsBeforeTheName() throws Exception {
        byte[] size = TarText.octal(BASH_DESC.length()).getBytes(ISO_8859_1);
        byte[] posix = new TarText()
                .header("desc", "bash-5.2.037-1", TarText.FILE, size, "ustar\00000")
                .body(BASH_DESC.getBytes(UTF_8))
                .whole();
        byte[] gnu = new TarText()
                .header("bash-5.2.037-1/desc", "14734231600", TarText.FILE, size, "ustar  \0")
                .body(BASH_DESC.getBytes(UTF_8))
                .whole();

        assertThat(read(posix).files()).containsValue(BASH);
        assertThat(read(gnu).files()).containsValue(BASH);
    }

    @Test
    void sizeInBinaryIsRead() throws Exception {
        byte[] size = new byte[12];
        size[0] = (byte) 0x80;
        size[10] = (byte) (BASH_DESC.length() >> 8);
        size[11] = (byte) BASH_DESC.length();
        byte[] tar = new TarText()
                .header("bash-5.2.037-1/desc", "", '\0', size, "")
                .body(BASH_DESC.getBytes(UTF_8))
                .whole();

        assertThat(read(tar).files()).containsValue(BASH);
    }

    @Test
    void dotBeforeTheDirectoryIsNoDirectory() throws Exception {
        byte[] tar = new TarText()
                .entry("./", TarText.DIRECTORY, "")
                .desc("./bash-5.2.037-1", BASH_DESC)
                .whole();

        assertThat(read(tar).files()).containsValue(BASH);
    }

    @Test
    void listsOfFilesArePassedOver() throws Exception {
        byte[] tar = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .entry("bash-5.2.037-1/files", TarText.FILE, "%FILES%\n" + "usr/bin/bash\n".repeat(100_000))
                .desc("b-1-1", desc(file("b"), 1))
                .whole();

        assertThat(read(Packed.GZIP.pack(tar)).size()).isEqualTo(2);
    }

    @Test
    void linkNamedDescIsNone() {
        assertRefused(new TarText().entry("a-1-1/desc", '2', "").whole(), "without any desc");
    }

    @Test
    void descDeepInsideAnotherArchiveIsNone() {
        assertRefused(
                new TarText().entry("usr/share/desc", TarText.FILE, BASH_DESC).whole(), "something else");
        assertRefused(new TarText().entry("desc", TarText.FILE, BASH_DESC).whole(), "something else");
    }

    // Ends.

    @Test
    void endMarkMayBeMissingWhereTheCompressionProvesTheEnd() throws Exception {
        byte[] tar = new TarText().desc("bash-5.2.037-1", BASH_DESC).unfinished();

        for (Packed packed : new Packed[] {Packed.GZIP, Packed.ZSTD, Packed.XZ}) {
            assertThat(read(packed.pack(tar)).size()).isEqualTo(1);
        }
        assertRefused(tar, "cut off");
    }

    @Test
    void oneBlockOfZerosEndsAnArchiveToo() throws Exception {
        byte[] tar = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .raw(new byte[512])
                .unfinished();

        assertThat(read(tar).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Packed.class)
    void databaseThatIsCutOffAnywhereIsRefused(Packed packed) throws Exception {
        byte[] whole = packed.pack(new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .desc("b-1-1", desc(file("b"), 1))
                .raw(new byte[512])
                .unfinished());

        assertThat(read(whole).size()).isEqualTo(2);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(NotADatabaseException.class)
                    .as("the first " + length + " of " + whole.length + " bytes")
                    .isThrownBy(() -> read(cut));
        }
    }

    @Test
    void bzip2DatabaseThatIsCutOffAnywhereIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(resource("core-bzip2.db"));

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(NotADatabaseException.class)
                    .as("the first " + length + " of " + whole.length + " bytes")
                    .isThrownBy(() -> read(cut));
        }
    }

    @Test
    void cutOffDatabaseIsCalledThat() {
        byte[] tar = new TarText().desc("bash-5.2.037-1", BASH_DESC).whole();
        for (Packed packed : Packed.values()) {
            byte[] whole = packed.pack(tar);
            assertRefused(Arrays.copyOf(whole, whole.length * 3 / 5), "cut off");
        }
    }

    @ParameterizedTest
    @EnumSource(Packed.class)
    void whateverFollowsADatabaseIsRefused(Packed packed) {
        byte[] whole =
                packed.pack(new TarText().desc("bash-5.2.037-1", BASH_DESC).whole());

        assertThatExceptionOfType(NotADatabaseException.class)
                .isThrownBy(() -> read(joined(whole, "<script src='x'></script>".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @EnumSource(
            value = Packed.class,
            names = {"PLAIN", "GZIP", "XZ"})
    void zerosThatFollowADatabaseAreWhatTapesLeave(Packed packed) throws Exception {
        byte[] whole =
                packed.pack(new TarText().desc("bash-5.2.037-1", BASH_DESC).whole());

        assertThat(read(joined(whole, new byte[9216])).size()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Packed.class)
    void archiveInSeveralPiecesOfCompressionIsOne(Packed packed) throws Exception {
        byte[] tar = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .desc("b-1-1", desc(file("b"), 1))
                .whole();
        byte[] first = packed.pack(Arrays.copyOf(tar, 700));
        byte[] second = packed.pack(Arrays.copyOfRange(tar, 700, tar.length));

        assertThat(read(joined(first, second)).size()).isEqualTo(2);
    }

    /** A server that compresses whatever it sends. */
    @ParameterizedTest
    @EnumSource(Packed.class)
    void databaseThatIsCompressedTwiceIsUnpackedTwice(Packed inner) throws Exception {
        byte[] tar = new TarText().desc("bash-5.2.037-1", BASH_DESC).whole();

        assertThat(read(Packed.GZIP.pack(inner.pack(tar))).size()).isEqualTo(1);
        assertThat(read(Packed.GZIP.pack(Packed.ZSTD.pack(inner.pack(tar)))).size())
                .isEqualTo(1);
    }

    @Test
    void outerCompressionIsCheckedToItsEnd() {
        byte[] twice = Packed.GZIP.pack(
                Packed.GZIP.pack(new TarText().desc("bash-5.2.037-1", BASH_DESC).whole()));

        assertRefused(Arrays.copyOf(twice, twice.length - 4), "gzip");
        assertRefused(joined(twice, "<html>".getBytes(UTF_8)), "gzip");
    }

    @Test
    void bombInsideTheOuterCompressionIsRefused() throws Exception {
        // Empty members of gzip, of which millions unpack to nothing.
        byte[] empty = Packed.GZIP.pack(new byte[0]);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream packing = Packed.GZIP.onto(bomb)) {
            for (int i = 0; i < 400_000; i++) {
                packing.write(empty);
            }
        }

        assertRefused(bomb.toByteArray(), new DatabaseLimits(3 << 20, 500, 10, 1000, 1000, 1000), "far more");
    }

    @Test
    void everyHeaderOfGzipIsUnderstood() throws Exception {
        byte[] tar = new TarText().desc("bash-5.2.037-1", BASH_DESC).whole();
        // All of the optional parts: extra field, name, comment, checksum of the header.
        byte[] head = joined(
                new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 5, 0},
                "extracore.db.tar\0a comment\0".getBytes(ISO_8859_1),
                new byte[] {1, 2});

        assertThat(read(joined(head, deflated(tar), trailer(tar, 0))).size()).isEqualTo(1);
        assertRefused(joined(head, deflated(tar), trailer(tar, 1)), "checksum is wrong");
    }

    // What is no database.

    @Test
    void emptyFileIsRefused() {
        assertRefused(new byte[0], "it is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<!DOCTYPE html><title>Sign in</title>", "\r\n\t <html>", "\ufeff<?xml version='1.0'?>"})
    void webPageIsRefused(String page) {
        assertRefused(page.getBytes(UTF_8), "it is a web page");
    }

    @Test
    void compressedWebPageIsRefused() {
        byte[] page = "<!DOCTYPE html><title>Sign in</title>".repeat(100).getBytes(UTF_8);
        for (Packed packed : new Packed[] {Packed.GZIP, Packed.ZSTD, Packed.XZ}) {
            assertRefused(packed.pack(page), "no tar archive");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"404 not found", "{\"error\":\"no\"}", "-----BEGIN PGP SIGNATURE-----\n\n"})
    void anythingElseIsRefused(String text) {
        assertRefused(text.getBytes(UTF_8), "it is no tar archive, and none is compressed in it");
    }

    @Test
    void compressedNothingIsRefused() {
        for (Packed packed : new Packed[] {Packed.GZIP, Packed.ZSTD, Packed.XZ}) {
            assertRefused(packed.pack(new byte[0]), "no tar archive");
        }
    }

    @Test
    void packageIsNoDatabase() {
        byte[] tar = new TarText()
                .entry(".BUILDINFO", TarText.FILE, "format = 2\n")
                .entry(".PKGINFO", TarText.FILE, "pkgname = bash\n")
                .entry("usr/", TarText.DIRECTORY, "")
                .whole();

        assertRefused(Packed.ZSTD.pack(tar), "something else");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%FILENAME%\\na.pkg.tar.zst\\n | names no package",
                "%NAME%\\na\\n | names no package file",
                "%FILENAME%\\n\\n%NAME%\\na\\n | names no package file",
                "%NAME%\\na\\n\\n%FILENAME% | names no package file",
                "%FILENAME%\\n../../etc/passwd\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\na\\\\b.pkg.tar.zst\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\n.hidden\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\na\u001b[2J.pkg.tar.zst\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\na\u0000.pkg.tar.zst\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\na\u0085.pkg.tar.zst\\n%NAME%\\na\\n | whose name no package can have",
                "%FILENAME%\\na.pkg.tar.zst\\n%NAME%\\na\rb\\n | a name or a version that no package can have",
                "%FILENAME%\\na.pkg.tar.zst\\n%NAME%\\na\\n%SHA256SUM%\\n0123\\n | SHA-256 that is none"
            })
    void descThatMakesNoSenseIsRefused(String desc, String why) {
        byte[] tar = new TarText().desc("a-1-1", unescaped(desc)).whole();

        assertRefused(tar, why);
        assertThatThrownBy(() -> read(tar)).hasMessageContaining("its entry a-1-1/desc ");
    }

    @Test
    void fileNameWithoutEndIsRefused() {
        String desc = "%FILENAME%\n" + "a".repeat(256) + "\n\n%NAME%\na\n";

        assertRefused(new TarText().desc("a-1-1", desc).whole(), "whose name no package can have");
    }

    @Test
    void contradictionIsRefused() {
        String other = BASH_DESC.replace(SHA256, "f".repeat(64));
        byte[] tar = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .desc("bash-5.2.037-2", other)
                .whole();

        assertRefused(tar, "bash-5.2.037-2/desc contradicts another one about " + BASH.fileName());
    }

    @Test
    void refusalShowsNoControlCharactersOfTheArchive() {
        byte[] tar =
                new TarText().desc("a\u001b[31m\n" + "b".repeat(30), "nothing").whole();

        assertThatThrownBy(() -> read(tar))
                .isInstanceOf(NotADatabaseException.class)
                .hasMessageStartingWith("its entry a?[31m?bbb");
    }

    @Test
    void flippedBitInAHeaderIsRefused() {
        byte[] tar = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .desc("b-1-1", desc(file("b"), 1))
                .whole();
        byte[] damaged = tar.clone();
        damaged[512 + 3] ^= 1;

        assertRefused(damaged, "damaged near byte 512");
    }

    @Test
    void sizesNoFileCanHaveAreRefused() {
        assertRefused(
                new TarText().header("a-1-1/desc", TarText.FILE, "77777777777").whole(), "has 8589934591 bytes");
        assertRefused(
                new TarText().header("a-1-1/files", TarText.FILE, "77777777777").whole(), "cut off");
        byte[] negative = new byte[12];
        Arrays.fill(negative, (byte) 0xff);
        byte[] huge = new byte[12];
        Arrays.fill(huge, 4, 12, (byte) 0x7f);
        huge[0] = (byte) 0x80;
        for (byte[] size : new byte[][] {negative, huge}) {
            assertRefused(
                    new TarText()
                            .header("a-1-1/files", "", TarText.FILE, size, "ustar\00000")
                            .whole(),
                    "damaged");
        }
        assertRefused(
                new TarText().header("a-1-1/files", TarText.FILE, "12junk").whole(), "damaged");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path=a\n",
                "99999 path=a\n",
                "3 a",
                "0 path=a\n",
                "99999999999999999999 path=a\n",
                "11 path=abc",
                "10 size=x\n",
                "28 size=99999999999999999999\n"
            })
    void paxHeaderThatMakesNoSenseIsRefused(String header) {
        assertRefused(
                new TarText()
                        .entry("h", 'x', header)
                        .entry("a-1-1/desc", TarText.FILE, BASH_DESC)
                        .whole(),
                "makes no sense");
    }

    // What cannot be told.

    @ParameterizedTest
    @CsvSource({
        "1f9d90, compress",
        "04224d18, lz4",
        "4c5a4950, lzip",
        "894c5a4f, lzop",
        "4c525a49, lrzip",
        "5d00008000, lzma"
    })
    void otherCompressionsOfPacmanCannotBeChecked(String start, String word) {
        byte[] file = Arrays.copyOf(java.util.HexFormat.of().parseHex(start), 100);

        assertUnreadable(() -> read(file), "compressed with " + word);
    }

    @ParameterizedTest
    @CsvSource({
        // Windows of 16 MiB (--long), of 9 MiB, of 128 MiB; one segment of 16 MiB; a dictionary; a skippable frame.
        "28b52ffd0470, window above 8 MiB",
        "28b52ffd0469, window above 8 MiB",
        "28b52ffd0488, window above 8 MiB",
        "28b52ffda400000001, window above 8 MiB",
        "28b52ffd015807, a dictionary",
        "502a4d1804000000, a frame without content"
    })
    void zstdThatTheDecoderCannotReadCannotBeChecked(String start, String why) {
        byte[] file = Arrays.copyOf(java.util.HexFormat.of().parseHex(start), 100);

        assertUnreadable(() -> read(file), why);
    }

    @Test
    void xzThatTakesTooMuchMemoryCannotBeChecked() throws Exception {
        Path file = resource("core-xz.db");
        DatabaseLimits usual = DatabaseLimits.usual();
        DatabaseLimits small = new DatabaseLimits(
                usual.unpackedBytes(),
                usual.unpackedBytesPerByte(),
                usual.entries(),
                usual.descBytes(),
                usual.keptBytes(),
                4 << 20);

        assertUnreadable(() -> DatabaseReader.read(file, small), "it takes 8 MiB of memory to unpack");
    }

    @Test
    void diskThatFailsSaysNothingAboutTheFile() {
        assertThatThrownBy(() -> DatabaseReader.read(directory.resolve("none"), DatabaseLimits.usual()))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> DatabaseReader.read(directory, DatabaseLimits.usual()))
                .isInstanceOf(IOException.class);
    }

    // Bounds.

    @ParameterizedTest
    @EnumSource(
            value = Packed.class,
            names = {"GZIP", "ZSTD", "XZ"})
    void bombInsideAnEntryIsRefusedLongBeforeItsEnd(Packed packed) throws Exception {
        // A file list of nothing but zeros, of which a GiB follows; what was read of it is proven by where it ends.
        byte[] head = new TarText()
                .desc("bash-5.2.037-1", BASH_DESC)
                .header("bash-5.2.037-1/files", TarText.FILE, TarText.octal(1L << 30))
                .unfinished();
        byte[] bomb = zerosAfter(packed, head, 96 << 20);

        assertRefused(bomb, "more than 500 times its size");
    }

    @ParameterizedTest
    @EnumSource(
            value = Packed.class,
            names = {"GZIP", "ZSTD", "XZ"})
    void zerosAreNoEmptyRepository(Packed packed) throws Exception {
        assertRefused(zerosAfter(packed, new byte[0], 16 << 20), "zeros without end");
    }

    /** Both were packed by bzip2 from a GiB of zeros, the one behind the head of a file list. */
    @Test
    void bombsOfBzip2AreRefusedToo() throws Exception {
        assertRefused(Files.readAllBytes(resource("bomb-bzip2.db")), "more than 500 times its size");
        assertRefused(Files.readAllBytes(resource("zeros-bzip2.db")), "zeros without end");
    }

    @Test
    void whatUnpacksToMoreThanTheLimitIsRefused() {
        byte[] tar = new TarText()
                .entry("bash-5.2.037-1/files", TarText.FILE, "usr/bin/bash\n".repeat(1 << 18))
                .whole();

        assertRefused(Packed.GZIP.pack(tar), new DatabaseLimits(3 << 20, 500, 10, 1000, 1000, 1000), "more than 3 MiB");
    }

    @Test
    void tooManyEntriesAreRefused() {
        TarText tar = new TarText();
        for (int i = 0; i < 6; i++) {
            tar.entry("d" + i + "/", TarText.DIRECTORY, "");
        }

        assertRefused(tar.whole(), new DatabaseLimits(1 << 20, 500, 5, 1000, 1000, 1000), "more than 5 entries");
    }

    @Test
    void descWithoutEndIsRefusedBeforeItIsKept() {
        DatabaseLimits limits = new DatabaseLimits(1 << 20, 500, 10, 1000, 100_000, 1000);
        String comment = "%DESC%\n" + "x".repeat(1000) + "\n";

        assertRefused(new TarText().desc("a-1-1", comment).whole(), limits, "a-1-1/desc has 1008 bytes");
        assertRefused(new TarText().entry("a", 'L', comment).whole(), limits, "a header of 1008 bytes");
        assertRefused(new TarText().entry("a", 'x', comment).whole(), limits, "a header of 1008 bytes");
    }

    @Test
    void largeDescWithinTheLimitIsRead() throws Exception {
        String desc = "%DEPENDS%\n" + "libsomething.so=1-64\n".repeat(20_000) + "\n" + BASH_DESC;

        assertThat(read(new TarText().desc("bash-5.2.037-1", desc).whole()).files())
                .containsValue(BASH);
    }

    @Test
    void packagesWithoutEndAreRefused() {
        TarText tar = new TarText();
        for (int i = 0; i < 20; i++) {
            tar.desc("p" + i + "-1-1", desc(file("p" + i), 1));
        }

        assertRefused(tar.whole(), new DatabaseLimits(1 << 20, 500, 100, 1000, 5000, 1000), "too many packages");
    }

    // Tools.

    private RepositoryDatabase read(byte[] content)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        return read(content, DatabaseLimits.usual());
    }

    private RepositoryDatabase read(byte[] content, DatabaseLimits limits)
            throws IOException, NotADatabaseException, UnreadableCompressionException {
        return DatabaseReader.read(Files.write(directory.resolve("core.db"), content), limits);
    }

    private void assertRefused(byte[] content, String why) {
        assertRefused(content, DatabaseLimits.usual(), why);
    }

    private void assertRefused(byte[] content, DatabaseLimits limits, String why) {
        assertThatExceptionOfType(NotADatabaseException.class)
                .isThrownBy(() -> read(content, limits))
                .withMessageContaining(why);
    }

    private static void assertUnreadable(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading, String why) {
        assertThatExceptionOfType(UnreadableCompressionException.class)
                .isThrownBy(reading)
                .withMessageContaining(why);
    }

    private static byte[] zerosAfter(Packed packed, byte[] head, int zeros) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream packing = packed.onto(bomb)) {
            packing.write(head);
            byte[] some = new byte[1 << 20];
            for (int written = 0; written < zeros; written += some.length) {
                packing.write(some);
            }
        }
        return bomb.toByteArray();
    }

    private static byte[] deflated(byte[] content) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(content);
        deflater.finish();
        byte[] packed = new byte[content.length + 100];
        int length = deflater.deflate(packed);
        deflater.end();
        return Arrays.copyOf(packed, length);
    }

    private static byte[] trailer(byte[] content, int wrongBy) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        return java.nio.ByteBuffer.allocate(8)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt((int) checksum.getValue() + wrongBy)
                .putInt(content.length)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    /** A line of a pax header, whose length counts its own digits. */
    private static String pax(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.length() + 1;
        while (Integer.toString(length).length() + rest.length() != length) {
            length++;
        }
        return length + rest;
    }

    private static PackageFile file(String name) {
        return new PackageFile(name + "-1-1-any.pkg.tar.zst", 1000, SHA256, name, "1-1");
    }

    private static String desc(PackageFile file, long builtSeconds) {
        return "%FILENAME%\n" + file.fileName() + "\n\n%NAME%\n" + file.name() + "\n\n%BASE%\nsome\n\n%VERSION%\n"
                + file.version() + "\n\n%DESC%\nSays what it is\n\n%CSIZE%\n" + file.sizeBytes() + "\n\n%ISIZE%\n5\n\n"
                + "%SHA256SUM%\n" + file.sha256() + "\n\n%BUILDDATE%\n" + builtSeconds
                + "\n\n%DEPENDS%\nglibc\nlibfoo.so=8-64\n\n";
    }

    private static String unescaped(String text) {
        return text.replace("\\\\", "\u0001").replace("\\n", "\n").replace("\u0001", "\\");
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(DatabaseReaderTest.class.getResource(name))
                .toURI());
    }
}
