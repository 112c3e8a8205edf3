package flexo.app;

import flexo.config.Retention;
import flexo.config.StorageSize;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/** The settings of retention in the words of the retention package. */
final class RetentionChoice {
    private RetentionChoice() {}

    static RetentionSettings settings(Retention settings) {
        return new RetentionSettings(
                new RetentionRules(settings.numVersionsRetain(), settings.purgeUnusedAfter(), OptionalLong.empty()),
                Map.of(),
                amount(settings.cacheSizeLimit()),
                amount(settings.cacheMinFree()));
    }

    private static Optional<LongUnaryOperator> amount(Optional<StorageSize> size) {
        return size.map(given -> given::of);
    }
}
