package flexo.repository;

import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirstBytesTest {
    private static final String PACKAGE = "core/os/x86_64/a-1-1-x86_64.pkg.tar.zst";
    private static final String POINTER =
            "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0".repeat(64) + "\nsize 12345\n";

    private static Optional<String> insteadOf(String path, byte[] bytes) {
        return FirstBytes.insteadOf(path(path), bytes, bytes.length);
    }

    private static Optional<String> insteadOf(String path, String text) {
        return insteadOf(path, text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PACKAGE,
                "chaotic-aur/chaotic-keyring.pkg.tar.zst",
                "core/os/x86_64/core.db",
                "core/os/x86_64/core.files",
                "iso/latest/archlinux-x86_64.iso",
                "iso/latest/arch/boot/x86_64/vmlinuz-linux",
                "iso/latest/archlinux-bootstrap-x86_64.tar.zst",
                "images/latest/Arch-Linux-x86_64-cloudimg.qcow2",
                "iso/latest/arch/x86_64/airootfs.sfs"
            })
    void noTextComesInThePlaceOfWhatIsNone(String path) {
        assertThat(insteadOf(path, "Rate limit exceeded, try again in 60 seconds\n"))
                .contains("a text");
        assertThat(insteadOf(path, "{\"error\":\"quota\"}")).contains("a text");
        assertThat(insteadOf(path, "Zu viele Anfragen, bitte sp\u00e4ter\n")).contains("a text");
        assertThat(insteadOf(path, "Too many requests".getBytes(UTF_16))).contains("a text");
        assertThat(insteadOf(path, POINTER)).contains("a pointer to a file");
        assertThat(insteadOf(path, "\n<!DOCTYPE html><html><body>Sign in")).contains("a web page");
    }

    @ParameterizedTest
    @CsvSource({
        "a-1-1-any.pkg.tar.zst, 28b52ffd0458",
        "a-1-1-any.pkg.tar.zst, 502a4d1804000000",
        "a-1-1-any.pkg.tar.xz, fd377a585a00",
        "a-1-1-any.pkg.tar.gz, 1f8b0800",
        "a-1-1-any.pkg.tar.bz2, 425a683931415926535",
        "a-1-1-any.pkg.tar.lz, 4c5a4950010c",
        "a-1-1-any.pkg.tar.lz4, 04224d18",
        "a-1-1-any.pkg.tar.Z, 1f9d90",
        "a-1-1-any.pkg.tar, 2e504b47494e464f00000000",
        "archlinux.iso, 00000000000000000000",
        "shell.efi, 4d5a9000",
    })
    void whatBeginsAsItShouldIsTheFile(String name, String hex) {
        byte[] start = new byte[hex.length() / 2];
        for (int i = 0; i < start.length; i++) {
            start[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
        }
        assertThat(insteadOf("core/" + name, start)).isEmpty();
    }

    @Test
    void whatIsCompressedInAnotherWayThanAPackageIsSomethingElse() {
        byte[] page = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0};

        assertThat(insteadOf(PACKAGE, page)).contains("something in gzip");
        assertThat(insteadOf("core/os/x86_64/core.db", page)).isEmpty();
    }

    @Test
    void anyBytesThatAreNoTextMayBeAFile() {
        for (int seed = 0; seed < 2000; seed++) {
            byte[] bytes = FileContent.seeded(seed, 100).bytes();
            assertThat(insteadOf("core/a-1-1-any.pkg.tar.xz", bytes)).isEmpty();
        }
    }

    /** The rest of it may tell that it is none. */
    @Test
    void fewFirstBytesOfALongFileSayNothing() {
        assertThat(FirstBytes.insteadOf(path(PACKAGE), "(".getBytes(UTF_8), 100_000))
                .isEmpty();
        assertThat(FirstBytes.insteadOf(path(PACKAGE), "<html>".getBytes(UTF_8), 100_000))
                .contains("a web page");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iso/latest/sha256sums.txt",
                "iso/latest/b2sums.txt",
                "iso/latest/md5sums.txt",
                "iso/latest/archlinux-x86_64.iso.sha256",
                "x/SHA512SUMS",
                "x/b3sum.txt"
            })
    void checksumFileHoldsAChecksum(String path) {
        assertThat(insteadOf(path, "d41d8cd98f00b204e9800998ecf8427e  archlinux.iso\n"))
                .isEmpty();
        assertThat(insteadOf(path, "SHA256 (a.iso) = " + "0f".repeat(32) + "\n"))
                .isEmpty();
        assertThat(insteadOf(path, "Rate limit exceeded, try again in 60 seconds\n"))
                .contains("something without a checksum");
        assertThat(insteadOf(path, POINTER)).contains("a pointer to a file");
        assertThat(insteadOf(path, "<html>")).contains("a web page");
    }

    @Test
    void anyOtherFileMayBeATextButNoWebPage() {
        for (String path : new String[] {"iso/latest/arch/version", "lastupdate", "x/README", "core/os/x86_64"}) {
            assertThat(insteadOf(path, "1735689600\n")).isEmpty();
            assertThat(insteadOf(path, "<html><title>Index of /core/</title>")).contains("a web page");
        }
        assertThat(insteadOf("iso/latest/index.html", "<html>")).isEmpty();
    }

    @Test
    void whatABinaryNameEndsWithMakesIt() {
        assertThat(FirstBytes.known(path("iso/latest/archlinux-x86_64.ISO"))).isTrue();
        assertThat(FirstBytes.known(path("iso/latest/sha256sums.txt"))).isTrue();
        assertThat(FirstBytes.known(path("core/os/x86_64"))).isFalse();
        assertThat(FirstBytes.isText("\u00e4\u00f6".getBytes(ISO_8859_1), true)).isFalse();
    }
}
