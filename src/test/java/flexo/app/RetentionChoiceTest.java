package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.config.RepositoryOverrides;
import flexo.config.Retention;
import flexo.config.StorageSize;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RetentionChoiceTest {
    private static final Optional<Duration> MONTH = Optional.of(Duration.ofDays(30));
    private static final Optional<Duration> YEAR = Optional.of(Duration.ofDays(365));
    private static final Retention USUAL =
            new Retention(3, MONTH, Optional.of(new StorageSize(0, 0.5)), Optional.of(new StorageSize(7, 0)));

    @Test
    void whatADirectoryDoesNotSayIsAsEverywhere() {
        RetentionSettings settings = new RetentionChoice(
                        USUAL,
                        Map.of(
                                "core",
                                overrides(OptionalInt.of(5), Optional.empty(), OptionalLong.of(1000)),
                                "core/os/x86_64",
                                overrides(OptionalInt.empty(), YEAR, OptionalLong.empty()),
                                "custom_repo/arm",
                                overrides(OptionalInt.of(0), Optional.empty(), OptionalLong.empty())))
                .settings();

        assertThat(settings.usual()).isEqualTo(new RetentionRules(3, MONTH, OptionalLong.empty()));
        assertThat(settings.rulesOf("extra/os/x86_64")).isEqualTo(settings.usual());
        assertThat(settings.rulesOf("core/os/aarch64")).isEqualTo(new RetentionRules(5, MONTH, OptionalLong.of(1000)));
        assertThat(settings.rulesOf("core/os/x86_64")).isEqualTo(new RetentionRules(3, YEAR, OptionalLong.empty()));
        assertThat(settings.rulesOf("custom_repo/arm/arm/x86_64"))
                .isEqualTo(new RetentionRules(0, MONTH, OptionalLong.empty()));
        assertThat(settings.cacheSizeLimit().orElseThrow().applyAsLong(100)).isEqualTo(50);
        assertThat(settings.minFree().orElseThrow().applyAsLong(100)).isEqualTo(7);
    }

    private static RepositoryOverrides overrides(OptionalInt versions, Optional<Duration> purge, OptionalLong limit) {
        return new RepositoryOverrides(Optional.empty(), versions, purge, limit);
    }
}
