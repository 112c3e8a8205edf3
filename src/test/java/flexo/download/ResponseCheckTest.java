package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.TODAY;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.part;
import static flexo.download.Responses.response;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.ContentHead;
import flexo.cache.PartPromise;
import flexo.download.ResponseCheck.Verdict;
import flexo.mirror.MirrorFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseCheckTest {
    private static final Instant OTHER_TIME = MODIFIED.plusSeconds(1);
    private static final Verdict WHOLE = new Verdict.FromStart(new ContentHead(1000, MODIFIED));
    private static final Verdict REST = new Verdict.Continues(new ContentHead(1000, MODIFIED));

    /** Nothing is there yet. */
    private static ResponseCheck fresh() {
        return new ResponseCheck(0, Optional.empty(), true, Optional.empty(), true);
    }

    /** 400 of 1000 bytes are there, and clients have seen them. */
    private static ResponseCheck begun() {
        return new ResponseCheck(
                400, Optional.of(new PartPromise(1000, Optional.of(MODIFIED))), false, Optional.empty(), true);
    }

    /** 400 of 1000 bytes are there from an earlier download. */
    private static ResponseCheck leftover() {
        return new ResponseCheck(
                400, Optional.of(new PartPromise(1000, Optional.of(MODIFIED))), true, Optional.empty(), true);
    }

    private static MirrorResponse withoutLength() {
        return response(200, OptionalLong.empty(), Optional.empty());
    }

    private static MirrorResponse partWithoutRange() {
        return response(206, OptionalLong.of(600), Optional.empty());
    }

    private static MirrorResponse partOfLength(OptionalLong bodyBytes) {
        return response(206, bodyBytes, Optional.of(new MirrorResponse.ContentRange(400, 999, 1000)));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("fresh, empty", fresh(), whole(0), MirrorFailure.WRONG_CONTENT),
                Arguments.of("fresh, part", fresh(), rest(0, 1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("fresh, 416", fresh(), status(416), MirrorFailure.WRONG_LENGTH),
                Arguments.of("begun, whole file", begun(), whole(1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, no range", begun(), partWithoutRange(), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, early start", begun(), part(399, 999, 1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, late start", begun(), part(401, 999, 1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, early end", begun(), part(400, 998, 1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, other total", begun(), rest(400, 1001), MirrorFailure.WRONG_LENGTH),
                Arguments.of(
                        "begun, short body", begun(), partOfLength(OptionalLong.of(599)), MirrorFailure.RANGE_IGNORED),
                Arguments.of("begun, 416", begun(), status(416), MirrorFailure.WRONG_LENGTH),
                Arguments.of("leftover, other part", leftover(), part(300, 999, 1000), MirrorFailure.RANGE_IGNORED),
                Arguments.of("leftover, no range", leftover(), partWithoutRange(), MirrorFailure.RANGE_IGNORED));
    }

    @Test
    void lengthMayBeLeftToTheEndOfTheBody() {
        assertThat(fresh().judge(withoutLength(), TODAY))
                .isEqualTo(new Verdict.FromStart(new ContentHead(ContentHead.UNKNOWN_LENGTH, MODIFIED)));
        assertThat(leftover().judge(withoutLength(), TODAY)).isInstanceOf(Verdict.FromStart.class);
        assertThat(begun().judge(partOfLength(OptionalLong.empty()), TODAY)).isInstanceOf(Verdict.Continues.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void responseThatPromisesOtherBytesIsRefused(
            String name, ResponseCheck check, MirrorResponse response, MirrorFailure failure) {
        assertThat(check.judge(response, TODAY))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.failure()).isEqualTo(failure));
    }

    @ParameterizedTest
    @CsvSource({
        "404, NOT_FOUND",
        "410, NOT_FOUND",
        "405, RANGE_IGNORED",
        "501, RANGE_IGNORED",
        "500, BAD_STATUS",
        "503, BAD_STATUS",
        "403, BAD_STATUS",
        "204, BAD_STATUS",
        "304, BAD_STATUS",
        "302, BAD_STATUS"
    })
    void statusTellsWhatIsWrong(int status, MirrorFailure failure) {
        for (ResponseCheck check : new ResponseCheck[] {fresh(), begun(), leftover()}) {
            assertThat(check.judge(status(status), TODAY))
                    .isInstanceOfSatisfying(
                            Verdict.Refused.class,
                            refused -> assertThat(refused.failure()).isEqualTo(failure));
        }
    }

    @Test
    void wholeFileIsTakenFromItsStart() {
        assertThat(fresh().judge(whole(1000), TODAY)).isEqualTo(WHOLE);
        assertThat(leftover().judge(whole(1000), TODAY)).isEqualTo(WHOLE);
    }

    @Test
    void restThatWasAskedForIsTaken() {
        assertThat(begun().judge(rest(400, 1000), TODAY)).isEqualTo(REST);
        assertThat(leftover().judge(rest(400, 1000), TODAY)).isEqualTo(REST);
    }

    @Test
    void partThatWasAskedForIsTakenAndNoOther() {
        ResponseCheck check = new ResponseCheck(
                400, 600, Optional.of(new PartPromise(1000, Optional.empty())), false, Optional.empty(), true);

        assertThat(check.judge(part(400, 599, 1000), TODAY)).isEqualTo(REST);
        for (MirrorResponse other : List.of(part(400, 600, 1000), part(401, 599, 1000), rest(400, 1000))) {
            assertThat(check.judge(other, TODAY))
                    .isInstanceOfSatisfying(
                            Verdict.Refused.class,
                            refused -> assertThat(refused.failure()).isEqualTo(MirrorFailure.RANGE_IGNORED));
        }
    }

    @Test
    void wholeFileOfAnotherSizeIsRefusedOnceTheHeadIsOutThoughNoByteIs() {
        ResponseCheck check = new ResponseCheck(
                0, Optional.of(new PartPromise(1000, Optional.empty())), false, Optional.empty(), true);

        assertThat(check.judge(whole(1001), TODAY))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.failure()).isEqualTo(MirrorFailure.WRONG_LENGTH));
        assertThat(check.judge(whole(1000), TODAY)).isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @ValueSource(longs = {999, 1001})
    void leftoverOfAnotherSizeStartsOver(long total) {
        assertThat(leftover().judge(rest(400, total), TODAY)).isInstanceOf(Verdict.StartOver.class);
    }

    @Test
    void leftoverOfAnotherTimeStartsOver() {
        assertThat(leftover().judge(modified(rest(400, 1000), Optional.of(OTHER_TIME)), TODAY))
                .isInstanceOf(Verdict.StartOver.class);
    }

    @Test
    void leftoverBeyondTheMirrorsFileStartsOver() {
        assertThat(leftover().judge(status(416), TODAY)).isInstanceOf(Verdict.StartOver.class);
    }

    @Test
    void mirrorWithAnotherTimeMayContinueWhatAnotherBegan() {
        // Mirrors that do not keep times are common; the size is the same and the file's name fixes its content.
        assertThat(begun().judge(modified(rest(400, 1000), Optional.of(OTHER_TIME)), TODAY))
                .isInstanceOf(Verdict.Continues.class);
    }

    @Test
    void unknownTimeIsTheOneKnownAlreadyElseThePresent() {
        assertThat(leftover().judge(modified(rest(400, 1000), Optional.empty()), TODAY))
                .isEqualTo(REST);
        assertThat(fresh().judge(modified(whole(1000), Optional.empty()), TODAY))
                .isEqualTo(new Verdict.FromStart(new ContentHead(1000, TODAY)));
    }

    @Test
    void leftoverOfUnknownTimeTakesTheMirrors() {
        ResponseCheck check = new ResponseCheck(
                400, Optional.of(new PartPromise(1000, Optional.empty())), true, Optional.empty(), true);

        assertThat(check.judge(rest(400, 1000), TODAY)).isEqualTo(REST);
    }

    @ParameterizedTest
    @CsvSource({
        "403, NOT_FOUND",
        "400, NOT_FOUND",
        "414, NOT_FOUND",
        "451, NOT_FOUND",
        "401, BAD_STATUS",
        "408, BAD_STATUS",
        "429, BAD_STATUS",
        "500, BAD_STATUS"
    })
    void whatNobodyHasListedIsRefusedWithoutBlame(int status, MirrorFailure failure) {
        ResponseCheck check = new ResponseCheck(0, Optional.empty(), true, Optional.empty(), false);

        assertThat(check.judge(status(status), TODAY))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.failure()).isEqualTo(failure));
    }
}
