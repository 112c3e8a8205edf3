package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.TestPaths;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class VerifiedFilesTest {
    private static final RepositoryPath VIM = TestPaths.path("extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
    private static final ContentHead HEAD = new ContentHead(10, Instant.EPOCH);

    private final VerifiedFiles verified = new VerifiedFiles();

    @Test
    void onlyTheFileThatWasReadIsVerified() {
        verified.add(VIM, HEAD, "aa");

        assertThat(verified.contains(VIM, HEAD, "aa")).isTrue();
        assertThat(verified.contains(VIM, HEAD, "bb")).isFalse();
        assertThat(verified.contains(VIM, new ContentHead(11, Instant.EPOCH), "aa"))
                .isFalse();
        assertThat(verified.contains(VIM, new ContentHead(10, Instant.EPOCH.plusSeconds(1)), "aa"))
                .isFalse();
        assertThat(verified.contains(VIM.signature(), HEAD, "aa")).isFalse();
    }

    @Test
    void theLongestUnusedIsForgottenFirst() {
        VerifiedFiles verified = new VerifiedFiles(400 * 1000);
        verified.add(VIM, HEAD, "aa");
        int others = 0;
        while (verified.size() == others + 1) {
            verified.add(TestPaths.path("a/" + others++), HEAD, "aa");
            assertThat(verified.contains(VIM, HEAD, "aa")).isTrue();
        }

        assertThat(verified.contains(TestPaths.path("a/0"), HEAD, "aa")).isFalse();
        assertThat(verified.contains(TestPaths.path("a/1"), HEAD, "aa")).isTrue();
        assertThat(others).isBetween(1000, 1200);
    }
}
