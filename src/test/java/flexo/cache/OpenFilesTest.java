package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.OpenFiles.Claim;
import flexo.cache.OpenFiles.Use;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file ends only when nobody is between finding and opening it. */
class OpenFilesTest {
    private static final RepositoryPath PACKAGE = TestPaths.path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    private static final List<RepositoryPath> BOTH = List.of(PACKAGE, PACKAGE.signature());

    private final OpenFiles files = new OpenFiles();
    private final CompletableFuture<Void> patience = new CompletableFuture<>();

    private CompletableFuture<Claim> claimWhenSettled() {
        return files.claimWhenSettled(BOTH, patience).toCompletableFuture();
    }

    private static boolean isFree(Use use) {
        return use.free().toCompletableFuture().isDone();
    }

    @Test
    void fileThatNobodyUsesIsClaimedAndFreeAfterwards() {
        Claim claim = files.claim(BOTH).orElseThrow();
        assertThat(files.contains(PACKAGE)).isTrue();
        assertThat(files.claim(List.of(PACKAGE))).as("a second claim").isEmpty();

        claim.close();
        claim.close();

        assertThat(files.contains(PACKAGE)).isFalse();
        assertThat(files.contains(PACKAGE.signature())).isFalse();
    }

    @Test
    void fileThatMayAsWellStayIsNotClaimedWhileItIsReadOrWritten() {
        Use use = files.begin(PACKAGE.signature());
        use.settle();

        assertThat(files.claim(BOTH)).isEmpty();
        assertThat(files.contains(PACKAGE)).as("nothing is left of the attempt").isFalse();
        use.end();
        use.end();

        assertThat(files.claim(BOTH)).isPresent();
    }

    @Test
    void fileThatMustGoIsClaimedAlthoughItIsRead() {
        files.begin(PACKAGE).settle();

        assertThat(claimWhenSettled()).isCompleted();
    }

    @Test
    void fileThatMustGoIsNotClaimedBeforeAllWhoHaveFoundItHaveOpenedIt() {
        Use first = files.begin(PACKAGE);
        Use second = files.begin(PACKAGE.signature());
        CompletableFuture<Claim> claim = claimWhenSettled();
        assertThat(claim).isNotDone();

        first.settle();
        assertThat(claim).isNotDone();
        second.end();

        assertThat(claim).isCompleted();
    }

    @Test
    void whoComesWhileAClaimIsWaitedForIsNeitherWaitedForNorLetIn() {
        Use first = files.begin(PACKAGE);
        CompletableFuture<Claim> claim = claimWhenSettled();
        Use newcomer = files.begin(PACKAGE);
        Use another = files.begin(PACKAGE);
        assertThat(isFree(newcomer)).isFalse();
        another.end();

        first.settle();

        assertThat(claim).isCompleted();
        assertThat(isFree(newcomer)).isFalse();
        claim.join().close();
        assertThat(isFree(newcomer)).isTrue();
        CompletableFuture<Claim> next = claimWhenSettled();
        assertThat(next).as("now it may open the file").isNotDone();
        newcomer.end();
        assertThat(next).isCompleted();
        next.join().close();
        first.end();
        assertThat(files.contains(PACKAGE)).isFalse();
    }

    @Test
    void whoStepsBackIsNotWaitedForAndLooksAgainAfterwards() {
        Use use = files.begin(PACKAGE);
        use.settle();
        CompletableFuture<Claim> claim = claimWhenSettled();
        assertThat(claim).isCompleted();

        use.look();

        assertThat(isFree(use)).isFalse();
        claim.join().close();
        assertThat(isFree(use)).isTrue();
        assertThat(claimWhenSettled()).isNotDone();
    }

    @Test
    void claimsOfOneFileFollowEachOther() {
        Use use = files.begin(PACKAGE);
        CompletableFuture<Claim> first = claimWhenSettled();
        CompletableFuture<Claim> second = claimWhenSettled();
        use.end();
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();

        first.join().close();

        assertThat(second).isCompleted();
        second.join().close();
        assertThat(files.contains(PACKAGE)).isFalse();
    }

    @Test
    void patienceEndsWithTheClaim() {
        Use use = files.begin(PACKAGE);
        CompletableFuture<Claim> claim = claimWhenSettled();

        patience.complete(null);

        assertThat(claim).isCompleted();
        claim.join().close();
        use.end();
        assertThat(files.contains(PACKAGE)).isFalse();
    }

    @Test
    void filesGoInOrderUntilOneCannot(@TempDir Path folder) throws IOException {
        Path first = Files.createFile(folder.resolve("first"));
        Path absent = folder.resolve("absent");
        Path stubborn = Files.createDirectories(folder.resolve("stubborn"));
        Path below = Files.createFile(stubborn.resolve("below"));
        Path last = Files.createFile(folder.resolve("last"));

        try (Claim claim = files.claim(BOTH).orElseThrow()) {
            assertThat(claim.delete(List.of(absent, first))).isFalse();
            assertThat(first).doesNotExist();
            Assertions.assertThatExceptionOfType(DirectoryNotEmptyException.class)
                    .isThrownBy(() -> claim.delete(List.of(stubborn, last)));
            assertThat(last).exists();
            assertThat(claim.delete(List.of(below, absent))).isTrue();
        }
    }
}
