package flexo.retention;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import flexo.alpm.PackageFileName;
import flexo.alpm.PackageVersion;
import flexo.cache.ByDirectory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files are written as {@code version}, with {@code *} if the database lists it, {@code !} if it is in use, {@code .xz} and
 * {@code .any} for another compression and architecture, and {@code @days} since its last use.
 */
class RetentionPolicyTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1000));
    private static final RetentionPolicy POLICY = new RetentionPolicy(NOW, LONG_AGO);

    @ParameterizedTest
    @CsvSource({
        // versions to keep, the files, those that go in their order
        "3, 1-1 2-1 3-1 4-1 5-1, 1-1 2-1",
        "3, 3-1 1-1 5-1 4-1 2-1, 1-1 2-1",
        "3, 1-1 2-1 3-1, ''",
        "3, 1-1, ''",
        "1, 1-1 2-1 3-1, 1-1 2-1",
        "0, 1-1 2-1 3-1 4-1 5-1, ''",
        "1, 9-1 10-1 1:1-1, 9-1 10-1",
        "2, 1-9 1-10 1-10.1, 1-9",
        // One version in two compressions.
        "2, 1-1 2-1 2-1.xz 3-1, 1-1",
        "1, 1-1 1-1.xz 2-1, 1-1 1-1.xz",
        // vercmp sees one version in these two.
        "1, 1.0-1 1.00-1 0.9-1, 0.9-1",
        // What is listed stays, however old; it takes no place from a newer one.
        "1, 1-1* 2-1, ''",
        "1, 1-1 2-1* 3-1, 1-1",
        "2, 1-1 2-1* 3-1 4-1 5-1, 1-1 3-1",
        "1, 1-1 2-1 3-1*, 1-1 2-1",
        // What is in use stays, and takes no place either.
        "1, 1-1! 2-1 3-1, 2-1",
        // Versions are counted for each architecture.
        "1, 1-1 2-1 3-1.any 4-1.any, 1-1 3-1.any",
        "2, 1-1 2-1.any 3-1 4-1.any, ''",
    })
    void newestVersionsAreKept(int versionsToKeep, String files, String removed) {
        assertThat(removed(POLICY, files, rules(versionsToKeep, 0))).isEqualTo(removed);
    }

    @ParameterizedTest
    @CsvSource({
        // purge after days, the files, those that go in their order
        "30, 1-1@29 2-1@30 3-1@31, 3-1",
        "30, 1-1@100 2-1@100, 1-1 2-1",
        "0, 1-1@500, ''",
        // A time in the future counts as now.
        "30, 1-1@-4000, ''",
        "30, 1-1@100*, 1-1",
        // A listed one waits for the older ones that are not listed.
        "30, 1-1@5 2-1@100*, ''",
        "30, 1-1@5* 2-1@100*, 2-1",
        "30, 1-1@100* 2-1@5, 1-1",
        "30, 1-1@5 2-1.any@100*, ''",
        "30, 1-1@100! 2-1@100* 3-1@100, 3-1",
    })
    void unusedFilesAreRemoved(int purgeDays, String files, String removed) {
        assertThat(removed(POLICY, files, rules(0, purgeDays))).isEqualTo(removed);
    }

    @Test
    void reasonsAreTold() {
        assertThat(POLICY.judge(files("1-1@1 2-1@50 3-1@1"), rules(2, 30)))
                .extracting(verdict -> name(verdict).version().toString(), Verdict::reason)
                .containsExactly(
                        tuple("1-1", Optional.of(RemovalReason.OLD_VERSION)),
                        tuple("2-1", Optional.of(RemovalReason.UNUSED)),
                        tuple("3-1", Optional.empty()));
    }

    @Test
    void fileNobodyHasUsedCountsAsUsedWhenItWasPutThere() {
        assertThat(judgeUnused(POLICY, 31).reason()).contains(RemovalReason.UNUSED);
        assertThat(judgeUnused(POLICY, 29).reason()).isEmpty();
        assertThat(judgeUnused(POLICY, -29).reason()).isEmpty();
    }

    @Test
    void whatNobodyRecordedIsNoReproach() {
        RetentionPolicy fresh = new RetentionPolicy(NOW, NOW.minus(Duration.ofDays(2)));

        Verdict verdict = judgeUnused(fresh, 500);

        assertThat(verdict.reason()).isEmpty();
        assertThat(verdict.lastUse())
                .as("it goes first all the same where room is needed")
                .isEqualTo(days(500));
    }

    @Test
    void listedFileIsAsRecentlyUsedAsAnOlderOneThatIsNotListed() {
        assertThat(POLICY.judge(files("1-1@5 2-1@100* 3-1@50 4-1@70*"), rules(0, 0)))
                .extracting(Verdict::lastUse)
                .containsExactly(days(5), days(5), days(50), days(5));
    }

    @Test
    void manyVersionsWhoseOrderRunsInACircleAreJudged() {
        List<String> circle = List.of("1.", "1.1", "1..a");
        Random random = new Random(7);
        List<CachedFile> files = IntStream.range(0, 2000)
                .mapToObj(i -> file(circle.get(random.nextInt(3)) + "-" + (1 + random.nextInt(40)), 1, false, false))
                .toList();

        assertThat(POLICY.judge(files, rules(3, 0))).hasSize(2000);
    }

    @Test
    void whateverIsThereTheRulesHold() {
        Random random = new Random(42);
        for (int round = 0; round < 5000; round++) {
            int keep = random.nextInt(5);
            int purgeDays = random.nextInt(3) * 30;
            List<CachedFile> files = new ArrayList<>();
            int count = random.nextInt(9);
            for (int i = 0; i < count; i++) {
                String version =
                        (random.nextInt(4) == 0 ? "1:" : "") + random.nextInt(6) + "-" + (1 + random.nextInt(2));
                String arch = random.nextInt(3) == 0 ? ".any" : "";
                files.add(
                        file(version + arch, random.nextInt(100) - 10, random.nextInt(8) == 0, random.nextInt(4) == 0));
            }

            List<Verdict> verdicts = POLICY.judge(files, rules(keep, purgeDays));

            assertThat(verdicts).extracting(Verdict::file).containsExactlyInAnyOrderElementsOf(files);
            assertThat(verdicts)
                    .allSatisfy(verdict -> assertThat(verdict.lastUse()).isBeforeOrEqualTo(NOW));
            for (Verdict verdict : verdicts) {
                assertRight(verdict, verdicts, keep, purgeDays);
            }
        }
    }

    private static void assertRight(Verdict verdict, List<Verdict> all, int keep, int purgeDays) {
        PackageVersion version = name(verdict).version();
        long newerVersions = all.stream()
                .map(RetentionPolicyTest::name)
                .filter(other -> other.arch().equals(name(verdict).arch()))
                .map(PackageFileName::version)
                .filter(other -> other.compareTo(version) > 0)
                .distinct()
                .count();
        if (verdict.file().inUse()) {
            assertThat(verdict.reason()).as("%s of %s", verdict, all).isEmpty();
            return;
        }
        boolean old = keep > 0 && newerVersions >= keep && !verdict.file().listed();
        boolean unused = purgeDays > 0
                && Duration.between(verdict.file().used().orElseThrow(), NOW).compareTo(Duration.ofDays(purgeDays)) > 0;
        assertThat(verdict.reason().equals(Optional.of(RemovalReason.OLD_VERSION)))
                .as("%s of %s", verdict, all)
                .isEqualTo(old);
        if (!verdict.file().listed()) {
            assertThat(verdict.reason().isPresent())
                    .as("%s of %s", verdict, all)
                    .isEqualTo(old || unused);
            return;
        }
        List<Verdict> olderUnlisted = all.stream()
                .filter(other -> !other.file().listed() && name(other).version().compareTo(version) < 0)
                .toList();
        if (verdict.reason().isPresent()) {
            assertThat(unused).as("%s of %s", verdict, all).isTrue();
            assertThat(olderUnlisted).allSatisfy(older -> {
                assertThat(older.reason())
                        .as("%s before %s of %s", older, verdict, all)
                        .isPresent();
                assertThat(all.indexOf(older)).isLessThan(all.indexOf(verdict));
            });
        } else {
            assertThat(olderUnlisted)
                    .filteredOn(older -> older.reason().isEmpty())
                    .allSatisfy(older -> assertThat(older.lastUse())
                            .as("%s goes first", older)
                            .isBeforeOrEqualTo(verdict.lastUse()));
        }
    }

    @ParameterizedTest
    @CsvSource({"31, false, true", "29, false, false", "100, true, false"})
    void imageHasNoVersionsButGoesWhenNobodyUsesIt(int usedDaysAgo, boolean inUse, boolean goes) {
        CachedFile image = new CachedFile(
                path("iso/latest/archlinux-x86_64.iso"),
                Optional.empty(),
                List.of("archlinux-x86_64.iso"),
                100,
                Optional.of(days(usedDaysAgo)),
                LONG_AGO,
                inUse,
                false);

        Verdict verdict = POLICY.judge(List.of(image), rules(1, 30)).get(0);

        assertThat(verdict.reason()).isEqualTo(Optional.of(RemovalReason.UNUSED).filter(reason -> goes));
        assertThat(verdict.lastUse()).isEqualTo(inUse ? NOW : days(usedDaysAgo));
    }

    @Test
    void deepestOwnRulesCount() {
        RetentionRules usual = rules(3, 0);
        RetentionRules core = rules(5, 0);
        RetentionRules arm = rules(1, 0);
        RetentionSettings settings = new RetentionSettings(
                new ByDirectory<>(usual, Map.of("core", core, "core/os/aarch64", arm, "custom_repo/archzfs", arm)),
                Optional.empty(),
                Optional.empty());

        assertThat(settings.rulesOf("core/os/x86_64")).isSameAs(core);
        assertThat(settings.rulesOf("core/os/aarch64")).isSameAs(arm);
        assertThat(settings.rulesOf("core-testing/os/x86_64")).isSameAs(usual);
        assertThat(settings.rulesOf("extra/os/core")).isSameAs(usual);
        assertThat(settings.rulesOf("custom_repo/archzfs/archzfs/x86_64")).isSameAs(arm);
        assertThat(settings.rulesOf("custom_repo/other/x86_64")).isSameAs(usual);
        assertThat(settings.rulesOf("")).isSameAs(usual);
    }

    @Test
    void rulesThatMeanNothingAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> rules(-1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetentionRules(3, Optional.of(Duration.ZERO), OptionalLong.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetentionRules(3, Optional.empty(), OptionalLong.of(-1)));
    }

    private static Verdict judgeUnused(RetentionPolicy policy, int putDaysAgo) {
        CachedFile file = file(name("1-1"), Optional.empty(), days(putDaysAgo), false, false);
        return policy.judge(List.of(file), rules(0, 30)).get(0);
    }

    private static String removed(RetentionPolicy policy, String files, RetentionRules rules) {
        return String.join(
                " ",
                policy.judge(files(files), rules).stream()
                        .filter(verdict -> verdict.reason().isPresent())
                        .map(verdict -> {
                            PackageFileName name = name(verdict);
                            return name.version()
                                    + (name.extension().endsWith("xz") ? ".xz" : "")
                                    + (name.arch().equals("any") ? ".any" : "");
                        })
                        .toList());
    }

    private static List<CachedFile> files(String text) {
        return Arrays.stream(text.split(" ", -1))
                .map(word -> {
                    String[] parts = word.replaceAll("[*!]", "").split("@", -1);
                    int days = parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
                    return file(parts[0], days, word.contains("!"), word.contains("*"));
                })
                .toList();
    }

    private static CachedFile file(String version, int usedDaysAgo, boolean inUse, boolean listed) {
        return file(name(version), Optional.of(days(usedDaysAgo)), LONG_AGO, inUse, listed);
    }

    private static CachedFile file(
            PackageFileName name, Optional<Instant> used, Instant put, boolean inUse, boolean listed) {
        return new CachedFile(
                path("core/os/x86_64/" + name),
                Optional.of(name),
                List.of(name.toString()),
                100,
                used,
                put,
                inUse,
                listed);
    }

    private static PackageFileName name(Verdict verdict) {
        return verdict.file().packageName().orElseThrow();
    }

    private static PackageFileName name(String version) {
        boolean xz = version.endsWith(".xz");
        boolean any = version.endsWith(".any");
        return PackageFileName.parse("bash-" + version.replaceAll("\\.(xz|any)", "") + (any ? "-any" : "-x86_64")
                        + ".pkg.tar." + (xz ? "xz" : "gz"))
                .orElseThrow();
    }

    private static Instant days(int ago) {
        return NOW.minus(Duration.ofDays(ago));
    }

    private static RetentionRules rules(int versionsToKeep, int purgeDays) {
        return new RetentionRules(
                versionsToKeep,
                Optional.of(Duration.ofDays(purgeDays)).filter(age -> !age.isZero()),
                OptionalLong.empty());
    }
}
