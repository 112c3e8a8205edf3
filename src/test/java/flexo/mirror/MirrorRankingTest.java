package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorRankingTest {

    private static final long SMALL = 10_000;
    private static final long LARGE = 200_000_000;

    @Test
    void smallPackagesComeFromTheNearMirrorAndLargeOnesFromTheQuickOne() {
        Draft near = mirror("near", 0).latency(10).rate(1_000_000);
        Draft quick = mirror("quick", 1).latency(150).rate(20_000_000);

        assertThat(packages(SMALL, quick, near)).containsExactly("near", "quick");
        assertThat(packages(LARGE, quick, near)).containsExactly("quick", "near");
    }

    @Test
    void mirrorsNotInUseComeBeforeBetterOnesThatAre() {
        assertThat(packages(
                        SMALL,
                        mirror("best", 0).latency(10).inUse(2),
                        mirror("good", 1).latency(20).inUse(1),
                        mirror("free", 2).latency(300)))
                .containsExactly("free", "good", "best");
    }

    @Test
    void mirrorsThatFailOrLackTheFileComeLast() {
        assertThat(packages(
                        SMALL,
                        mirror("dead", 0).latency(1).standing(Standing.LEFT_ALONE),
                        mirror("lacks", 1).latency(1).lacks(),
                        mirror("busy", 2).latency(300).inUse(9)))
                .containsExactly("busy", "lacks", "dead");
    }

    @Test
    void staleMirrorsComeBehindFreshOnesThatAreInUse() {
        assertThat(packages(
                        SMALL,
                        mirror("stale", 0).latency(1).stale(),
                        mirror("fresh", 1).latency(90).inUse(3)))
                .containsExactly("fresh", "stale");
    }

    @Test
    void aMirrorOnTrialStandsWhereItWouldOtherwise() {
        assertThat(packages(
                        SMALL,
                        mirror("back", 0).latency(10).standing(Standing.ON_TRIAL),
                        mirror("other", 1).latency(20)))
                .containsExactly("back", "other");
    }

    @Test
    void aMirrorOfUnknownSpeedIsTakenToBeLikeTheMiddleOne() {
        assertThat(packages(
                        LARGE,
                        mirror("slow", 0).latency(10).rate(100_000),
                        mirror("middle", 1).latency(10).rate(2_000_000),
                        mirror("quick", 2).latency(10).rate(20_000_000),
                        mirror("unknown", 3).latency(11)))
                .containsExactly("quick", "middle", "unknown", "slow");
    }

    @Test
    void withoutAnyKnowledgeTheRankDecides() {
        assertThat(packages(LARGE, mirror("third", 2), mirror("first", 0), mirror("second", 1)))
                .containsExactly("first", "second", "third");
    }

    @Test
    void anOrderThatWasGivenIsKeptAmongThoseThatWork() {
        assertThat(given(
                        MirrorsOrder.SPREAD,
                        mirror("dead", 0).standing(Standing.LEFT_ALONE),
                        mirror("first", 1).latency(300).inUse(2),
                        mirror("second", 2).latency(1).inUse(2)))
                .containsExactly("first", "second", "dead");
    }

    @Test
    void inAnOrderThatWasGivenTheFewestTransfersCountFirst() {
        assertThat(given(
                        MirrorsOrder.SPREAD,
                        mirror("busiest", 0).inUse(2),
                        mirror("busy", 1).inUse(1),
                        mirror("lacks", 2).lacks(),
                        mirror("free", 3)))
                .containsExactly("free", "busy", "busiest", "lacks");
    }

    @Test
    void inAStrictOrderTransfersDoNotCount() {
        assertThat(given(
                        MirrorsOrder.STRICT,
                        mirror("dead", 0).standing(Standing.LEFT_ALONE),
                        mirror("busy", 1).inUse(9),
                        mirror("free", 2)))
                .containsExactly("busy", "free", "dead");
        assertThat(names(MirrorRanking.MEASURED.forPackages(
                        drafts(
                                mirror("quick", 0).latency(10).inUse(9),
                                mirror("slow", 1).latency(300)),
                        SMALL,
                        MirrorsOrder.STRICT)))
                .containsExactly("quick", "slow");
    }

    @Test
    void databasesComeFromTheMirrorThatDeliveredTheLastGeneration() {
        assertThat(databases(
                        "last",
                        mirror("best", 0).latency(1),
                        mirror("last", 1).latency(90).inUse(3)))
                .containsExactly("last", "best");
    }

    @Test
    void theMirrorOfTheLastGenerationIsLeftWhenItFailsOrFallsBehind() {
        assertThat(databases("last", mirror("last", 0).standing(Standing.LEFT_ALONE), mirror("other", 1)))
                .containsExactly("other", "last");
        assertThat(databases("last", mirror("last", 0).stale(), mirror("other", 1)))
                .containsExactly("other", "last");
    }

    @Test
    void databasesAreNotTriedOutOnAMirrorThatFailed() {
        assertThat(databases(null, mirror("back", 0).standing(Standing.ON_TRIAL), mirror("sound", 1)))
                .containsExactly("sound", "back");
    }

    @Test
    void parallelDatabasesDoNotSpread() {
        assertThat(databases(null, mirror("best", 0).inUse(4), mirror("other", 1)))
                .containsExactly("best", "other");
    }

    private static List<String> packages(long sizeBytes, Draft... mirrors) {
        return names(MirrorRanking.MEASURED.forPackages(drafts(mirrors), sizeBytes, MirrorsOrder.SPREAD));
    }

    private static List<String> given(MirrorsOrder order, Draft... mirrors) {
        return names(MirrorRanking.AS_GIVEN.forPackages(drafts(mirrors), SMALL, order));
    }

    private static List<String> databases(String last, Draft... mirrors) {
        return names(MirrorRanking.MEASURED.forDatabases(
                drafts(mirrors), last == null ? null : Mirror.of("https://" + last + "/")));
    }

    private static List<RankedMirror> drafts(Draft... mirrors) {
        return Arrays.stream(mirrors).map(Draft::mirror).toList();
    }

    private static List<String> names(List<RankedMirror> mirrors) {
        return mirrors.stream().map(mirror -> mirror.mirror().base().getHost()).toList();
    }

    private static Draft mirror(String host, int rank) {
        return new Draft(
                new RankedMirror(Mirror.of("https://" + host + "/"), rank, false, null, 0, Standing.HEALTHY, 0, false));
    }

    /** Says only what matters to a test. */
    private record Draft(RankedMirror mirror) {

        Draft latency(long millis) {
            return with(Duration.ofMillis(millis), mirror.bytesPerSecond(), mirror.standing(), mirror.inUse());
        }

        Draft rate(long bytesPerSecond) {
            return with(mirror.latency(), bytesPerSecond, mirror.standing(), mirror.inUse());
        }

        Draft standing(Standing standing) {
            return with(mirror.latency(), mirror.bytesPerSecond(), standing, mirror.inUse());
        }

        Draft inUse(int count) {
            return with(mirror.latency(), mirror.bytesPerSecond(), mirror.standing(), count);
        }

        Draft stale() {
            return with(true, mirror.lacksFile());
        }

        Draft lacks() {
            return with(mirror.stale(), true);
        }

        private Draft with(Duration latency, long rate, Standing standing, int inUse) {
            return new Draft(new RankedMirror(
                    mirror.mirror(),
                    mirror.rank(),
                    mirror.stale(),
                    latency,
                    rate,
                    standing,
                    inUse,
                    mirror.lacksFile()));
        }

        private Draft with(boolean stale, boolean lacks) {
            return new Draft(new RankedMirror(
                    mirror.mirror(),
                    mirror.rank(),
                    stale,
                    mirror.latency(),
                    mirror.bytesPerSecond(),
                    mirror.standing(),
                    mirror.inUse(),
                    lacks));
        }
    }
}
