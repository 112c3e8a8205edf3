package flexo.cache;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheMarkTest {
    @TempDir
    Path root;

    @Test
    void emptyDirectoryIsMarked() throws IOException {
        assertThat(new CacheMark(root).claim()).isEmpty();
        assertThat(root.resolve(".flexo-cache/README")).content().contains("package cache of Flexo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/os/x86_64/core.db",
                "core/os/x86_64/.vim-9.1-1-x86_64.pkg.tar.zst.cfs",
                "extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst",
                "custom_repo/arm/aarch64/core/vim-9.1-1-aarch64.pkg.tar.xz",
                "archive/2024/02/29/core/os/x86_64/core.db",
                "pkgs/archlinux/vim-9.1-1-x86_64.pkg.tar.zst",
                "vim-9.1-1-x86_64.pkg.tar.zst",
                "vim-9.1-1-x86_64.pkg.tar.zst.part",
                ".last-uses"
            })
    void packageCacheIsMarked(String file) throws IOException {
        write(file);
        write("core.db");
        write("lastsync");
        write("iso/latest/arch.iso");
        Files.createDirectories(root.resolve("multilib/os/x86_64"));

        assertThat(new CacheMark(root).claim()).isEmpty();
        assertThat(root.resolve(CacheMark.NAME)).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Catalina/localhost/other/org/apache/jsp/index_jsp.java",
                ".bashrc",
                "index.html",
                "app.db",
                "sync/core.db",
                "images/logo.png",
                "core/os.txt"
            })
    void whatElseLiesThereIsSomebodyElses(String file) throws IOException {
        write(file);

        assertThat(new CacheMark(root).claim()).contains(file.replaceFirst("/.*", ""));
        assertThat(root.resolve(CacheMark.NAME)).doesNotExist();
    }

    @Test
    void oneForeignThingBesidePackagesIsEnough() throws IOException {
        write("core/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
        write("Catalina/localhost/other/SESSIONS.ser");

        assertThat(new CacheMark(root).claim()).contains("Catalina");
    }

    @Test
    void directoryWithTheMarkIsOursWhateverItHolds() throws IOException {
        write("index.html");
        Files.createDirectory(root.resolve(CacheMark.NAME));

        assertThat(new CacheMark(root).claim()).isEmpty();
    }

    @Test
    void nothingIsTakenFromSomebodyElsesDirectoryNorPutThere() throws IOException {
        write("index.html");
        write("core/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
        PackageCache cache = new PackageCache(CacheRoot.of(root, new CacheMark(root)));

        assertThat(cache.find(path("index.html"))).isEmpty();
        assertThat(cache.find(path("core/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst")))
                .isEmpty();
        assertThatIOException()
                .isThrownBy(() -> cache.create(path("a/b"), new ContentHead(1, Instant.EPOCH)))
                .withMessageContaining("it holds 'index.html'");
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(new Generations(CacheRoot.of(root, new CacheMark(root))).load(path("core/os/x86_64/core.db")))
                .isEmpty();
    }

    @Test
    void directoryThatAppearsLaterIsJudgedThen() throws IOException {
        Path later = root.resolve("later");
        PackageCache cache = new PackageCache(CacheRoot.of(later, new CacheMark(later)));
        assertThat(cache.find(path("a/b"))).isEmpty();

        Files.createDirectories(later.resolve("secret"));
        Files.writeString(later.resolve("secret/key"), "1234");

        assertThat(cache.find(path("secret/key"))).isEmpty();
    }

    private void write(String file) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "content");
    }
}
