package flexo.retention;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.testing.SteppedTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People find what is cached, and have it removed. */
class CacheListingTest {
    private static final Instant MODIFIED = Instant.parse("2024-06-01T10:00:00Z");
    private static final Instant NOW = Instant.parse("2024-06-02T10:00:00Z");
    private static final RepositoryPath BASH = path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath ZLIB = path("core/os/x86_64/zlib-1:1.3-2-x86_64.pkg.tar.zst");

    @TempDir
    private Path root;

    private final VerifiedFiles verified = new VerifiedFiles();
    private final OpenFiles open = new OpenFiles();
    private final SteppedTimer timer = new SteppedTimer();
    private LastUses uses;

    private CacheListing listing() {
        uses = new LastUses(root.resolveSibling("notes"), InstantSource.fixed(NOW), () -> 0);
        return new CacheListing(new PackageCache(root), verified, uses, open, timer, Runnable::run);
    }

    private void put(RepositoryPath path) throws IOException {
        Path file = root.resolve(path.toString());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "content");
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    }

    @Test
    void directoryIsBrowsedWithoutWhatIsHiddenOrOnlyBelongsToAFile() throws IOException {
        CacheListing listing = listing();
        put(BASH);
        put(BASH.signature());
        put(ZLIB);
        Files.createDirectory(root.resolve("core/os/x86_64/.hidden"));
        Files.writeString(root.resolve("core/os/x86_64/.part"), "x");
        Files.createSymbolicLink(root.resolve("core/os/x86_64/elsewhere"), Path.of("/etc"));
        uses.used(BASH);
        verified.add(ZLIB, new ContentHead(7, MODIFIED), "sha");

        assertThat(listing.browse("", "").directories()).containsExactly("core");
        CacheListing.Part part = listing.browse("core/os/x86_64", "");
        assertThat(part.directories()).isEmpty();
        assertThat(part.more()).isFalse();
        assertThat(part.files()).extracting(CacheListing.Listed::path).containsExactly(BASH, ZLIB);
        assertThat(part.files()).extracting(CacheListing.Listed::bytes).containsExactly(7L, 7L);
        assertThat(part.files()).extracting(CacheListing.Listed::verified).containsExactly(false, true);
        assertThat(part.files().get(0).lastUse()).contains(NOW);
        assertThat(part.files().get(1).lastUse()).isEmpty();
        assertThat(part.files().get(0).modified()).isEqualTo(MODIFIED);
        assertThat(listing.browse("core/none", "").files()).isEmpty();
    }

    @Test
    void largeDirectoryIsListedInParts() throws IOException {
        CacheListing listing = listing();
        for (int i = 0; i < CacheListing.MOST + 10; i++) {
            put(path("core/os/x86_64/a-" + (1000 + i) + "-1-any.pkg.tar.zst"));
        }

        CacheListing.Part first = listing.browse("core/os/x86_64", "");
        assertThat(first.files()).hasSize(CacheListing.MOST);
        assertThat(first.more()).isTrue();
        List<String> segments = first.files().get(CacheListing.MOST - 1).path().segments();
        CacheListing.Part second = listing.browse("core/os/x86_64", segments.get(segments.size() - 1));
        assertThat(second.files()).hasSize(10);
        assertThat(second.more()).isFalse();
        assertThat(listing.search("a-1").files()).hasSize(CacheListing.MOST);
    }

    @Test
    void filesAreFoundByAPartOfTheirNames() throws IOException {
        CacheListing listing = listing();
        put(BASH);
        put(ZLIB);

        assertThat(listing.search("ZLI").files())
                .extracting(CacheListing.Listed::path)
                .containsExactly(ZLIB);
        assertThat(listing.search("<script>").files()).isEmpty();
        assertThat(listing.search("../").files()).isEmpty();
    }

    @Test
    void fileIsRemovedWithItsSignatureAsSoonAsWhoHasFoundItHasOpenedIt() throws IOException {
        CacheListing listing = listing();
        put(BASH);
        put(BASH.signature());
        OpenFiles.Use use = open.begin(BASH);

        CompletableFuture<Boolean> evicted = listing.evict(BASH).toCompletableFuture();
        assertThat(evicted).isNotDone();
        use.settle();

        assertThat(evicted).isCompletedWithValue(true);
        assertThat(listing.evict(BASH).toCompletableFuture()).isCompletedWithValue(false);
        assertThat(root.resolve("core/os/x86_64")).isEmptyDirectory();
        use.end();
    }

    @Test
    void fileIsRemovedThoughSomebodyDoesNotOpenIt() throws IOException {
        CacheListing listing = listing();
        put(BASH);
        OpenFiles.Use unused = open.begin(BASH);

        CompletableFuture<Boolean> evicted = listing.evict(BASH).toCompletableFuture();
        timer.advance(Duration.ofSeconds(3));

        assertThat(evicted).isCompletedWithValue(true);
    }

    @Test
    void packageIsFoundInAllItsVersionsAndNoOtherIs() throws IOException {
        CacheListing listing = listing();
        RepositoryPath older = path("core/os/x86_64/bash-5.1-1-x86_64.pkg.tar.zst");
        put(BASH);
        put(older);
        put(path("core/os/x86_64/bash-completion-2-1-any.pkg.tar.zst"));

        assertThat(listing.ofPackage("bash")).containsExactly(older, BASH);
        assertThat(listing.ofPackage("bas")).isEmpty();
    }
}
