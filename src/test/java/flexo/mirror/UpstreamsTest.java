package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamsTest {
    private static final Mirror OFFICIAL = Mirror.of("https://official.example/archlinux/");
    private static final Mirror ARCHIVE = Mirror.of("https://archive.example/repos/");
    private static final Mirror POOL = Mirror.of("https://archive.example/packages/");
    private static final Mirror ARM_A = Mirror.of("https://arm-a.example/");
    private static final Mirror ARM_B = Mirror.of("https://arm-b.example/linux/");
    private static final RepositoryPath PACKAGE = path("core/os/x86_64/libstdc++5-3.3.6-13-x86_64.pkg.tar.zst");
    private static final RepositoryPath IN_ARM = path("custom_repo/arm/aarch64/core/zlib-1-1-aarch64.pkg.tar.zst");

    private final TestClock clock = new TestClock();
    private final MirrorHealth health = new MirrorHealth(clock);
    private final Upstreams upstreams = new Upstreams(
            Upstream.of(0, ranked(OFFICIAL)),
            Upstream.of(Upstreams.ARCHIVE_SEGMENTS, ranked(ARCHIVE)),
            Optional.of(new PackagePool(POOL, health, FileSizes.unknown(), clock)));

    UpstreamsTest() {
        upstreams.useCustom(Map.of("arm", custom(ARM_A, ARM_B)));
    }

    private RankedMirrors ranked(Mirror... mirrors) {
        RankedMirrors ranked = new RankedMirrors(health, FileSizes.unknown(), clock);
        ranked.useInOrder(List.of(mirrors));
        return ranked;
    }

    private Upstream custom(Mirror... mirrors) {
        return Upstream.of(Upstreams.CUSTOM_SEGMENTS, ranked(mirrors));
    }

    private String asked(RepositoryPath path) {
        return upstreams
                .next(path, Set.of())
                .map(lease -> upstreams.uri(path, lease.mirror()).toString())
                .orElse("nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/core.db, https://official.example/archlinux/core/os/x86_64/core.db",
        "~eschwartz/repo/x86_64/eschwartz.db, https://official.example/archlinux/~eschwartz/repo/x86_64/eschwartz.db",
        "archive/2024/02/29/core/os/x86_64/core.db, https://archive.example/repos/2024/02/29/core/os/x86_64/core.db",
        "custom_repo/arm/aarch64/core/core.db, https://arm-a.example/aarch64/core/core.db",
        "custom_repo/arm/core.db, https://arm-a.example/core.db",
        "custom_repo/arm, nobody",
        "custom_repo/armed/aarch64/core/core.db, nobody",
        "custom_repository/arm/core.db, https://official.example/archlinux/custom_repository/arm/core.db",
        "custom_repo/arm/a@7%20b/x.db, https://arm-a.example/a@7%20b/x.db",
    })
    void pathSaysWhoIsAskedAndForWhat(String path, String asked) {
        assertThat(asked(path(path))).isEqualTo(asked);
        assertThat(upstreams.serves(path(path))).isEqualTo(!asked.equals("nobody"));
    }

    @Test
    void mirrorsOfOneRepositoryReplaceEachOtherAndNobodyElses() {
        assertThat(upstreams.next(IN_ARM, Set.of(ARM_A)).map(MirrorLease::mirror))
                .contains(ARM_B);
        assertThat(upstreams.next(IN_ARM, Set.of(ARM_A, ARM_B))).isEmpty();
        assertThat(upstreams.lease(IN_ARM, OFFICIAL)).isEmpty();
        assertThat(upstreams.lease(IN_ARM, ARM_B).map(MirrorLease::mirror)).contains(ARM_B);
    }

    @Test
    void deadMirrorOfARepositoryGoesBehindTheOther() {
        upstreams.next(IN_ARM, Set.of()).orElseThrow().failed(MirrorFailure.UNREACHABLE);

        assertThat(asked(IN_ARM)).startsWith(ARM_B.toString());
    }

    @Test
    void thatAllMirrorsOfARepositoryFailedDoesNotMakeTheOthersSuspect() {
        upstreams.next(IN_ARM, Set.of()).orElseThrow().failed(MirrorFailure.UNREACHABLE);
        upstreams.next(IN_ARM, Set.of(ARM_A)).orElseThrow().failed(MirrorFailure.UNREACHABLE);

        assertThat(health.use(ARM_A).standing()).as("none is blamed").isEqualTo(Standing.HEALTHY);
        assertThat(health.use(ARM_B).standing()).isEqualTo(Standing.HEALTHY);
        assertThat(upstreams.lease(PACKAGE, OFFICIAL)).isPresent();
    }

    @Test
    void speedsAreComparedWithinARepository() {
        health.delivered(OFFICIAL, 8 << 20, Duration.ofSeconds(1));
        health.delivered(ARM_B, 4 << 20, Duration.ofSeconds(1));

        assertThat(upstreams.ratesOfOthers(IN_ARM, ARM_A)).containsExactly(4.0 * (1 << 20));
    }

    @Test
    void repositoriesAreReplacedTogether() {
        upstreams.useCustom(Map.of("aur", custom(ARM_B)));

        assertThat(asked(IN_ARM)).isEqualTo("nobody");
        assertThat(asked(path("custom_repo/aur/x86_64/aur.db"))).isEqualTo(ARM_B.base() + "x86_64/aur.db");
    }

    // The package pool.

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/libstdc++5-3.3.6-13-x86_64.pkg.tar.zst, l/libstdc%2B%2B5/libstdc%2B%2B5-3.3.6-13-x86_64.pkg.tar.zst",
        "core/os/x86_64/libstdc++5-3.3.6-13-x86_64.pkg.tar.zst.sig,"
                + " l/libstdc%2B%2B5/libstdc%2B%2B5-3.3.6-13-x86_64.pkg.tar.zst.sig",
        "extra/os/x86_64/0ad-1:0.26-1-x86_64.pkg.tar.xz, 0/0ad/0ad-1:0.26-1-x86_64.pkg.tar.xz",
    })
    void poolHasPackagesByTheirFirstLetterAndName(String path, String inPool) {
        Mirror pool = upstreams.lastResort(path(path)).orElseThrow().mirror();

        assertThat(upstreams.uri(path(path), pool)).hasToString(POOL.base() + inPool);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/os/x86_64/core.db",
                "core/os/x86_64/core.db.sig",
                "iso/2024.01.01/archlinux.iso",
                "~eschwartz/repo/x86_64/auracle-git-1-1-x86_64.pkg.tar.zst",
                "custom_repo/arm/core/os/aarch64/zlib-1-1-aarch64.pkg.tar.zst",
                "archive/2024/01/01/core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst"
            })
    void poolIsAskedForPackagesOfOfficialRepositoriesAlone(String path) {
        assertThat(upstreams.lastResort(path(path))).isEmpty();
    }

    @Test
    void signatureIsToBeHadWhereItsPackageCameFrom() {
        assertThat(upstreams.lease(PACKAGE.signature(), POOL).map(MirrorLease::mirror))
                .contains(POOL);
    }

    @Test
    void poolThatDoesNotAnswerIsLeftAloneForAWhile() {
        upstreams.lastResort(PACKAGE).orElseThrow().failed(MirrorFailure.STALLED);

        assertThat(upstreams.lastResort(PACKAGE)).isEmpty();
        clock.advance(CircuitBreaker.FIRST_REST);
        assertThat(upstreams.lastResort(PACKAGE)).isPresent();
    }

    @Test
    void poolThatHasNotGotAPackageIsNotAskedForItAgainAtOnce() {
        upstreams.lastResort(PACKAGE).orElseThrow().failed(MirrorFailure.NOT_FOUND);

        assertThat(upstreams.lastResort(PACKAGE)).isEmpty();
        assertThat(upstreams.lastResort(PACKAGE.signature())).isPresent();
    }

    // Mirrorlists.

    @Test
    void listIsReadBeforeTheFirstChoiceAndAgainWhenItHasChanged(@TempDir Path directory) throws Exception {
        Path list = Files.writeString(directory.resolve("mirrorlist"), "Server = https://arm-a.example/$arch/$repo\n");
        RankedMirrors listed = ranked();
        listed.useList(MirrorlistFile.unofficial(list, found -> {}, () -> clock.millis() * 1_000_000));
        upstreams.useCustom(Map.of("arm", Upstream.of(Upstreams.CUSTOM_SEGMENTS, listed)));
        upstreams.prepare(IN_ARM);
        assertThat(asked(IN_ARM)).startsWith("https://arm-a.example/aarch64/core/");

        Files.writeString(list, "Server = https://arm-b.example/linux/$arch/$repo\n");
        clock.advance(MirrorlistFile.LOOKS_APART);
        upstreams.prepare(IN_ARM);

        assertThat(asked(IN_ARM)).startsWith("https://arm-b.example/linux/aarch64/core/");
    }
}
