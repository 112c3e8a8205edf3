package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.TestPaths;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FixedOrderTest {

    private static final RepositoryPath FILE = TestPaths.path("core/os/x86_64/core.db");
    private static final Mirror FIRST = Mirror.of("https://first.example/");
    private static final Mirror SECOND = Mirror.of("https://second.example/");

    private final MirrorSelector selector = MirrorSelector.inOrder(List.of(FIRST, SECOND));

    @Test
    void mirrorsComeInTheOrderGivenUntilNoneIsLeft() {
        assertThat(selector.next(FILE, Set.of()).orElseThrow().mirror()).isEqualTo(FIRST);
        assertThat(selector.next(FILE, Set.of(FIRST)).orElseThrow().mirror()).isEqualTo(SECOND);
        assertThat(selector.next(FILE, Set.of(FIRST, SECOND))).isEmpty();
    }
}
