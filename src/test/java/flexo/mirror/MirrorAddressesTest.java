package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorAddressesTest {
    @ParameterizedTest
    @CsvSource({
        "https://a.example/archlinux/core/os/x86_64/, https://a.example/archlinux/",
        "https://a.example/archlinux/extra/, https://a.example/archlinux/",
        "https://a.example/archlinux/iso/latest/, https://a.example/archlinux/",
        "https://a.example/core-testing/os/, https://a.example/",
        "https://a.example/archlinux/os/x86_64/, https://a.example/archlinux/"
    })
    void aPartTooMuchIsNamedWithWhatIsRight(String wrong, String right) {
        assertThat(MirrorAddresses.likelyMistake(Mirror.of(wrong))).endsWith("at its end is too much, write " + right);
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(MirrorAddresses.likelyMistake(Mirror.of("https://a.example")))
                .isEqualTo("the directory is missing in which it keeps Arch Linux, often archlinux/, as in"
                        + " https://a.example/archlinux/");
    }

    @Test
    void otherwiseItIsSaidWhatMustFollow() {
        assertThat(MirrorAddresses.likelyMistake(Mirror.of("https://a.example/arch/linux/")))
                .contains("$repo/os/$arch");
    }

    @Test
    void onlyMirrorsWithoutTheDatabaseAreNamedAndNoPassword() {
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {
                // Nothing is buffered.
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
        Logger logger = Logger.getLogger(MirrorAddresses.class.getName());
        logger.addHandler(handler);
        try {
            new MirrorAddresses((mirror, timeout) -> CompletableFuture.completedStage(
                            mirror.base().getHost().equals("silent")
                                    ? new ProbeResult.Unanswered("silent")
                                    : new ProbeResult.Answered(
                                            mirror.base().getHost().equals("good") ? 200 : 404,
                                            Duration.ofMillis(1),
                                            false,
                                            null)))
                    .check(List.of(
                            Mirror.of("http://silent/"),
                            Mirror.of("http://good/"),
                            Mirror.of("http://me:s3cret@bad/core/")));
        } finally {
            logger.removeHandler(handler);
        }

        assertThat(logged)
                .singleElement()
                .asString()
                .startsWith("WARNING The mirror http://***@bad/core/ has no core/os/x86_64/core.db (it answers 404)")
                .doesNotContain("s3cret");
    }
}
