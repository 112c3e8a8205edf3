package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.RangePlan.Gap;
import flexo.download.RangePlan.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which range a free mirror fetches next. */
class RangePlanTest {
    private static final long MB = 1_000_000;
    private static final OptionalLong NOBODY = OptionalLong.empty();

    private static Gap fetched(long fromMb, long toMb, double mbPerSecond) {
        return new Gap(fromMb * MB, toMb * MB, OptionalDouble.of(mbPerSecond * MB));
    }

    private static Gap left(long fromMb, long toMb) {
        return new Gap(fromMb * MB, toMb * MB, OptionalDouble.empty());
    }

    private static Range range(long fromMb, long toMb) {
        return new Range(fromMb * MB, toMb * MB, false);
    }

    private static Optional<Range> next(double mbPerSecond, Gap... gaps) {
        return RangePlan.next(List.of(gaps), OptionalDouble.of(mbPerSecond * MB), NOBODY);
    }

    @Test
    void nothingIsLeftOfAWholeFile() {
        assertThat(next(10)).isEmpty();
    }

    @Test
    void mirrorOfUnknownSpeedBeginsWithASampleAtTheEnd() {
        assertThat(RangePlan.next(List.of(fetched(0, 100, 10)), OptionalDouble.empty(), NOBODY))
                .contains(new Range(100 * MB - RangePlan.SAMPLE_BYTES, 100 * MB, false));
    }

    @Test
    void mirrorsOfUnknownSpeedDoNotBeginAtTheSamePlace() {
        long end = 100 * MB - RangePlan.SAMPLE_BYTES;
        Gap sampled = new Gap(end, 100 * MB, OptionalDouble.of(MB));

        assertThat(RangePlan.next(
                        List.of(new Gap(0, end, OptionalDouble.of(10 * MB)), sampled), OptionalDouble.empty(), NOBODY))
                .contains(new Range(end - RangePlan.SAMPLE_BYTES, end, false));
    }

    @Test
    void rangeBeginsWhereTheFirstMirrorIsWhenItIsThere() {
        assertThat(next(20, fetched(0, 1000, 10))).contains(range(20, 60));
    }

    @Test
    void nearTheEndBothEndTogether() {
        assertThat(next(20, fetched(70, 100, 10))).contains(range(80, 100));
    }

    @Test
    void whatNobodyFetchesComesFromTheFront() {
        assertThat(next(10, fetched(0, 10, 10), left(30, 300), left(500, 600))).contains(range(30, 50));
    }

    @Test
    void rangesGetShorterSoThatAllEndTogether() {
        assertThat(next(10, fetched(0, 5, 10), fetched(10, 15, 10), left(15, 35)))
                .contains(range(15, 25));
    }

    @Test
    void restThatIsWorthNoRequestOfItsOwnIsFetchedWithTheRange() {
        Range range = RangePlan.next(
                        List.of(fetched(0, 40, 20), new Gap(50 * MB, 70 * MB + 100, OptionalDouble.empty())),
                        OptionalDouble.of(10 * MB),
                        NOBODY)
                .orElseThrow();

        assertThat(range).isEqualTo(new Range(50 * MB, 70 * MB + 100, false));
    }

    @Test
    void silentMirrorLosesItsRange() {
        assertThat(next(10, fetched(0, 10, 0), left(10, 300))).contains(new Range(0, 10 * MB, true));
    }

    @Test
    void crawlingMirrorKeepsWhatItBringsInTheSameTime() {
        assertThat(next(9, fetched(0, 10, 1), left(10, 300))).contains(range(1, 10));
    }

    @Test
    void crawlingMirrorLosesAllIfItsPartIsNotWorthIt() {
        assertThat(next(10, fetched(0, 10, 0.01), left(10, 300))).contains(new Range(0, 10 * MB, true));
    }

    @Test
    void whoWouldEndSoonIsLeftAlone() {
        assertThat(next(10, fetched(0, 2, 5))).isEmpty();
    }

    @Test
    void mirrorThatBringsNextToNothingGetsNothing() {
        assertThat(next(0.1, fetched(0, 100, 10))).isEmpty();
    }

    @Test
    void whatAReaderFarAheadWaitsForComesFirst() {
        assertThat(RangePlan.next(
                        List.of(fetched(0, 20, 10), left(40, 400)),
                        OptionalDouble.of(10 * MB),
                        OptionalLong.of(200 * MB)))
                .contains(range(200, 220));
    }

    @Test
    void readerIsServedOutOfWhatAnotherWillNotReachSoon() {
        assertThat(RangePlan.next(List.of(fetched(0, 400, 10)), OptionalDouble.of(10 * MB), OptionalLong.of(200 * MB)))
                .contains(range(200, 220));
    }

    @Test
    void readerWaitsForWhoIsNearlyThere() {
        assertThat(RangePlan.next(
                        List.of(fetched(0, 20, 10), left(20, 400)),
                        OptionalDouble.of(10 * MB),
                        OptionalLong.of(15 * MB)))
                .contains(range(20, 40));
    }

    /** Mirrors of constant speeds, each of which takes its next range as soon as it has one; nothing costs time but bytes. */
    private static double simulated(long length, double... speeds) {
        class Runner {
            final double speed;
            long at;
            long end;

            Runner(double speed) {
                this.speed = speed;
            }
        }
        Runner first = new Runner(speeds[0]);
        first.end = length;
        List<Runner> runners = new ArrayList<>(List.of(first));
        for (int i = 1; i < speeds.length; i++) {
            runners.add(new Runner(speeds[i]));
        }
        List<long[]> there = new ArrayList<>();
        double seconds = 0;
        double step = 0.001;
        while (true) {
            for (Runner runner : runners) {
                if (runner.at < runner.end) {
                    continue;
                }
                List<Gap> gaps = new ArrayList<>();
                long at = 0;
                List<long[]> busy = new ArrayList<>(there);
                for (Runner other : runners) {
                    if (other.at < other.end) {
                        busy.add(new long[] {other.at, other.end, (long) other.speed});
                    }
                }
                busy.sort((a, b) -> Long.compare(a[0], b[0]));
                for (long[] one : busy) {
                    if (one[0] > at) {
                        gaps.add(new Gap(at, one[0], OptionalDouble.empty()));
                    }
                    if (one.length == 3) {
                        gaps.add(new Gap(one[0], one[1], OptionalDouble.of((double) one[2])));
                    }
                    at = Math.max(at, one[1]);
                }
                if (at < length) {
                    gaps.add(new Gap(at, length, OptionalDouble.empty()));
                }
                Optional<Range> next = RangePlan.next(gaps, OptionalDouble.of(runner.speed), NOBODY);
                if (next.isPresent()) {
                    for (Runner other : runners) {
                        if (other.at <= next.get().from() && next.get().from() < other.end) {
                            other.end = next.get().from();
                        }
                    }
                    runner.at = next.get().from();
                    runner.end = next.get().to();
                }
            }
            if (runners.stream().allMatch(runner -> runner.at >= runner.end)) {
                return seconds;
            }
            for (Runner runner : runners) {
                if (runner.at < runner.end) {
                    long to = Math.min(runner.end, runner.at + (long) (runner.speed * step));
                    there.add(new long[] {runner.at, to});
                    runner.at = to;
                }
            }
            seconds += step;
        }
    }

    @Test
    void mirrorsOfAnySpeedsEndTogether() {
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            double[] speeds = random.doubles(1 + random.nextInt(4), 2e6, 20e6).toArray();
            long length = 20 * MB + random.nextInt(60_000_000);
            double ideal = length / Arrays.stream(speeds).sum();

            assertThat(simulated(length, speeds)).as("run " + i).isLessThan(ideal + 0.4);
        }
    }
}
