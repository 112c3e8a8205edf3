package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.Rest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptsTest {
    private final Attempts attempts = new Attempts(mirror -> false);

    static Stream<Arguments> failuresAndWhatTheyComeDownTo() {
        return Stream.of(
                Arguments.of(List.of(), Reason.BAD_ANSWERS),
                Arguments.of(List.of(MirrorFailure.NOT_FOUND), Reason.NOT_FOUND),
                Arguments.of(List.of(MirrorFailure.NOT_FOUND, MirrorFailure.NOT_FOUND), Reason.NOT_FOUND),
                Arguments.of(List.of(MirrorFailure.NOT_FOUND, MirrorFailure.BAD_STATUS), Reason.BAD_ANSWERS),
                Arguments.of(List.of(MirrorFailure.NOT_FOUND, MirrorFailure.UNREACHABLE), Reason.BAD_ANSWERS),
                Arguments.of(List.of(MirrorFailure.NOT_FOUND, MirrorFailure.STALLED), Reason.TIMED_OUT),
                Arguments.of(List.of(MirrorFailure.TOO_SLOW, MirrorFailure.BAD_STATUS), Reason.TIMED_OUT),
                Arguments.of(List.of(MirrorFailure.WRONG_CONTENT), Reason.BAD_ANSWERS),
                Arguments.of(List.of(MirrorFailure.WRONG_LENGTH, MirrorFailure.RANGE_IGNORED), Reason.BAD_ANSWERS));
    }

    @ParameterizedTest
    @MethodSource("failuresAndWhatTheyComeDownTo")
    void failuresComeDownToOneReason(List<MirrorFailure> failures, Reason reason) {
        int number = 0;
        for (MirrorFailure failure : failures) {
            number++;
            attempts.add(Mirror.of("http://m" + number + ".example/"), failure, "did not");
        }

        assertThat(attempts.summary(PACKAGE, Optional.empty()).reason()).isEqualTo(reason);
    }

    @Test
    void messageNamesTheFileAndWhatEachMirrorDidWithoutPasswords() {
        attempts.add(Mirror.of("http://u:secret@m1.example/"), MirrorFailure.BAD_STATUS, "answered with status 500");
        attempts.add(Mirror.of("http://m2.example/"), MirrorFailure.NOT_FOUND, "has no such file");

        assertThat(attempts.summary(PACKAGE, Optional.empty()).message())
                .isEqualTo(PACKAGE + ": http://***@m1.example/ answered with status 500;"
                        + " http://m2.example/ has no such file");
    }

    @Test
    void messageNamesFiveMirrorsAndCountsTheRest() {
        for (int i = 1; i <= 30; i++) {
            attempts.add(Mirror.of("http://m" + i + ".example/"), MirrorFailure.UNREACHABLE, "refused");
        }

        assertThat(attempts.summary(PACKAGE, Optional.empty()).message())
                .contains("http://m5.example/ refused")
                .doesNotContain("http://m6.example/")
                .endsWith("and 25 more failed");
    }

    @Test
    void filesOfMirrorsThatWereNotAskedInTimeMayExist() {
        attempts.add(Mirror.of("http://m1.example/"), MirrorFailure.NOT_FOUND, "has no such file");

        assertThat(attempts.outOfTime(PACKAGE).reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(attempts.outOfTime(PACKAGE).message())
                .isEqualTo(PACKAGE + ": no time was left for another mirror; http://m1.example/ has no such file");
    }

    @Test
    void withoutMirrorsTheMessageSaysSo() {
        assertThat(attempts.summary(PACKAGE, Optional.empty()).message()).contains("no mirror is known");
    }

    @Test
    void latestIsWhyADownloadGoesOnElsewhere() {
        assertThat(attempts.latest()).isEmpty();
        attempts.add(Mirror.of("http://m1.example/"), MirrorFailure.BAD_STATUS, "answered with status 500");
        attempts.add(Mirror.of("http://u:secret@m2.example/"), MirrorFailure.STALLED, "sent nothing for 2500 ms");

        assertThat(attempts.latest().map(Object::toString)).contains("http://***@m2.example/ sent nothing for 2500 ms");
    }

    @Test
    void clientsAreToldThatAMirrorWantsToBeLeftAloneWhateverOthersSay() {
        attempts.add(Mirror.of("http://m1.example/"), MirrorFailure.NOT_FOUND, "has no such file");
        Rest rest = new Rest(429, Duration.ofSeconds(60));

        DownloadFailure failure = attempts.summary(PACKAGE, Optional.of(rest));

        assertThat(failure.reason()).isEqualTo(DownloadFailure.Reason.PUT_OFF);
        assertThat(failure.rest()).contains(rest);
        assertThat(failure.message()).contains("for 60 s (status 429)", "has no such file");
    }
}
