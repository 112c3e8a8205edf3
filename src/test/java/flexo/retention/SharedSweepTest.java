package flexo.retention;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.CacheMark;
import flexo.cache.CacheRoot;
import flexo.cache.ContentHead;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep does in a directory that another application uses, too. */
class SharedSweepTest {
    private static final String BASH = "core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst";
    private static final String PART = "core/os/x86_64/.bash-5.2-1-x86_64.pkg.tar.zst.part";

    @TempDir
    Path root;

    @Test
    void partFilesOfOneThatLivesStayHoweverOldAndThoseOfOneThatEndedGo() throws IOException {
        CacheRoot theirs = CacheRoot.of(root, new CacheMark(root));
        CacheRoot ours = CacheRoot.of(root, new CacheMark(root));
        try (PartFile part =
                new PackageCache(theirs).create(TestPaths.path(BASH), new ContentHead(10, Instant.EPOCH))) {
            part.write(ByteBuffer.wrap(new byte[5]), 0);
            CacheBench bench = new CacheBench(ours);
            // We are somebody else.
            new PackageCache(ours)
                    .create(TestPaths.path("core/os/x86_64/a-1-1-any.pkg.tar.zst"), new ContentHead(1, Instant.EPOCH))
                    .discard();
            bench.time.advance(Duration.ofDays(30));

            assertThat(bench.swept().complete()).isTrue();
            assertThat(root.resolve(PART)).exists();

            theirs.instance().close();
            assertThat(bench.swept().complete()).isTrue();
            assertThat(root.resolve(PART)).doesNotExist();
            assertThat(bench.files()).noneMatch(name -> name.startsWith("core/"));
        } finally {
            ours.instance().close();
        }
    }

    @Test
    void usesThatAnotherHasRecordedCount() {
        CacheBench bench = new CacheBench(root);
        LastUses theirs = new LastUses(bench.notes(), bench.time, bench.time::nanoTime);
        bench.uses.load();
        theirs.load();
        bench.uses.used(TestPaths.path(BASH));
        bench.uses.save();
        theirs.used(TestPaths.path("core/os/x86_64/zlib-1-1-any.pkg.tar.zst"));
        theirs.save();

        bench.uses.takeOthers();

        for (LastUses each : new LastUses[] {bench.uses, theirs}) {
            assertThat(each.lastUse(TestPaths.path("core/os/x86_64/zlib-1-1-any.pkg.tar.zst")))
                    .isPresent();
        }
        assertThat(bench.uses.lastUse(TestPaths.path(BASH))).isPresent();
    }
}
