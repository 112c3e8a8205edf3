package flexo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FileKindTest {
    @ParameterizedTest
    @CsvSource({
        "core.db, DATABASE",
        "core.files, DATABASE",
        "core.db.tar, DATABASE",
        "core.db.tar.gz, DATABASE",
        "core.db.tar.xz, DATABASE",
        "core.db.tar.zst, DATABASE",
        "core.db.tar.bz2, DATABASE",
        "core.files.tar.gz, DATABASE",
        "my.repo-1.db, DATABASE",
        "core.db.sig, DATABASE_SIGNATURE",
        "core.files.sig, DATABASE_SIGNATURE",
        "core.db.tar.gz.sig, DATABASE_SIGNATURE",
        "core.files.tar.zst.sig, DATABASE_SIGNATURE",
        "lastsync, TIMESTAMP",
        "lastupdate, TIMESTAMP",
        "zlib-1:1.3.1-2-x86_64.pkg.tar.zst, PACKAGE",
        "libstdc++5-3.3.6-9-x86_64.pkg.tar.xz, PACKAGE",
        "python-foo-1.0-1-any.pkg.tar, PACKAGE",
        "r-4.4.2-1-x86_64.pkg.tar.Z, PACKAGE",
        "gtk3-1:3.24-1-x86_64.pkg.tar.zst.sig, SIGNATURE",
        "archlinux-x86_64.iso.sig, SIGNATURE",
        "lastsync.sig, SIGNATURE",
    })
    void namesOfMirrorsAreTold(String name, FileKind kind) {
        assertThat(FileKind.of(name)).isEqualTo(kind);
    }

    /** Names that look alike: a database's name needs something before its suffix, and nothing else after it. */
    @ParameterizedTest
    @CsvSource({
        "db, OTHER",
        ".db, OTHER",
        "core.db.old, OTHER",
        "core.db.tar.gz.old, OTHER",
        "core.db.tar.gz.part, OTHER",
        "core.dbx, OTHER",
        "core.DB, OTHER",
        "coredb, OTHER",
        "core.db.gz, OTHER",
        "core.links.tar.gz, OTHER",
        "lastsync2, OTHER",
        "lastsync.txt, OTHER",
        "LASTSYNC, OTHER",
        "vim.tar.zst, OTHER",
        "vim.pkg.zip, OTHER",
        ".pkg.tar.zst, OTHER",
        "vim.pkg.tar.zst.part, OTHER",
        "archlinux-2025.01.01-x86_64.iso, OTHER",
        "sig, OTHER",
        "core.db.sig.sig, SIGNATURE",
    })
    void namesThatOnlyLookAlikeAreToldApart(String name, FileKind kind) {
        assertThat(FileKind.of(name)).isEqualTo(kind);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"DATABASE", "DATABASE_SIGNATURE", "TIMESTAMP"})
    void whatEveryUpdateReplacesIsMutable(FileKind kind) {
        assertThat(kind.mutable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"DATABASE", "DATABASE_SIGNATURE", "TIMESTAMP"})
    void everythingElseKeepsItsContentUnderItsName(FileKind kind) {
        assertThat(kind.mutable()).isFalse();
    }
}
