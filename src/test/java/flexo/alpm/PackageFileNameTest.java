package flexo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackageFileNameTest {

    @ParameterizedTest
    @CsvSource({
        "bash-5.2.037-1-x86_64.pkg.tar.zst, bash, 5.2.037-1, x86_64, .pkg.tar.zst",
        "linux-6.12.1.arch1-1-x86_64.pkg.tar.zst, linux, 6.12.1.arch1-1, x86_64, .pkg.tar.zst",
        "linux-headers-6.12.1.arch1-1-x86_64.pkg.tar.zst, linux-headers, 6.12.1.arch1-1, x86_64, .pkg.tar.zst",
        "vim-1:9.1-2.1-any.pkg.tar.xz, vim, 1:9.1-2.1, any, .pkg.tar.xz",
        "lib32-glibc-2.40+r16+gaa533d58ff-2-x86_64.pkg.tar.zst, lib32-glibc, 2.40+r16+gaa533d58ff-2, x86_64, .pkg.tar.zst",
        "gtk4-1:4.16-1-x86_64.pkg.tar.zst, gtk4, 1:4.16-1, x86_64, .pkg.tar.zst",
        "gtk-4-1-1-any.pkg.tar.zst, gtk-4, 1-1, any, .pkg.tar.zst",
        "libsigc++-3.0-3.6.0-1-x86_64.pkg.tar.zst, libsigc++-3.0, 3.6.0-1, x86_64, .pkg.tar.zst",
        "foo@bar-1-1-any.pkg.tar.zst, foo@bar, 1-1, any, .pkg.tar.zst",
        "foo-debug-1-1-x86_64.pkg.tar.zst, foo-debug, 1-1, x86_64, .pkg.tar.zst",
        "r-1-1-x86_64.pkg.tar.zst, r, 1-1, x86_64, .pkg.tar.zst",
        "old-1.0-1-i686.pkg.tar.gz, old, 1.0-1, i686, .pkg.tar.gz",
        "plain-1.0-1-armv7h.pkg.tar, plain, 1.0-1, armv7h, .pkg.tar",
        "nested.pkg.tar-1.0-1-any.pkg.tar.zst, nested.pkg.tar, 1.0-1, any, .pkg.tar.zst",
    })
    void nameIsTakenApart(String file, String name, String version, String arch, String extension) {
        assertThat(PackageFileName.parse(file))
                .contains(new PackageFileName(name, PackageVersion.of(version), arch, extension))
                .hasValueSatisfying(parsed -> assertThat(parsed).hasToString(file));
        assertThat(PackageFileName.parseSignature(file + ".sig")).isEqualTo(PackageFileName.parse(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "core.db",
                "core.db.tar.gz",
                "archlinux-2026.11.01-x86_64.iso",
                "bash-5.2-1-x86_64.pkg.tar.zst.sig",
                "plain-1.0-1-any.pkg.tar.sig",
                ".bash-5.2-1-x86_64.pkg.tar.zst",
                "-1-1-any.pkg.tar.zst",
                "1-1-any.pkg.tar.zst",
                "bash-1-any.pkg.tar.zst",
                "bash--1-any.pkg.tar.zst",
                "bash.pkg.tar.zst",
                "bash-5.2-1-x86_64.pkg.tar.zst.part",
                "bash-5.2-1-x86_64.tar.zst",
            })
    void whatIsNoPackageFileIsTold(String file) {
        assertThat(PackageFileName.parse(file)).isEmpty();
    }

    @Test
    void signatureOfAnythingElseIsNoPackagesSignature() {
        assertThat(PackageFileName.parseSignature("core.db.sig")).isEmpty();
        assertThat(PackageFileName.parseSignature("bash-5.2-1-x86_64.pkg.tar.zst"))
                .isEmpty();
        assertThat(PackageFileName.parseSignature("bash-5.2-1-x86_64.pkg.tar.zst.sig.sig"))
                .isEmpty();
    }

    @Test
    void signatureHasTheNameOfItsPackage() {
        assertThat(PackageFileName.parse("bash-5.2-1-x86_64.pkg.tar.zst")
                        .orElseThrow()
                        .signature())
                .isEqualTo("bash-5.2-1-x86_64.pkg.tar.zst.sig");
    }

    @ParameterizedTest
    @CsvSource({
        "foo-1-1-any.pkg.tar.zst, foo-2-1-any.pkg.tar.xz, true",
        "foo-1-1-any.pkg.tar.zst, foo-1-1-x86_64.pkg.tar.zst, false",
        "foo-1-1-any.pkg.tar.zst, foo-debug-1-1-any.pkg.tar.zst, false",
        "foo-1-1-any.pkg.tar.zst, foo1-1-1-any.pkg.tar.zst, false",
    })
    void packageIsToldByNameAndArchitecture(String one, String two, boolean same) {
        assertThat(PackageFileName.parse(one)
                        .orElseThrow()
                        .isSamePackageAs(PackageFileName.parse(two).orElseThrow()))
                .isEqualTo(same);
    }
}
