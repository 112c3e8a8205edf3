package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.RepositoryOverrides;
import flexo.config.Retention;
import flexo.config.StorageSize;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/**
 * The settings of retention, to be put into the words of the retention package.
 *
 * @param usual what counts where nothing else is said
 * @param overrides what is different, by directory of the cache
 */
record RetentionChoice(Retention usual, Map<String, RepositoryOverrides> overrides) {
    static RetentionChoice of(FlexoConfig config) {
        return new RetentionChoice(config.retention(), config.repositoryOverrides());
    }

    RetentionSettings settings() {
        RetentionRules everywhere =
                new RetentionRules(usual.numVersionsRetain(), usual.purgeUnusedAfter(), OptionalLong.empty());
        Map<String, RetentionRules> rules = new HashMap<>();
        overrides.forEach((directory, override) -> rules.put(
                directory,
                new RetentionRules(
                        override.numVersionsRetain().orElse(everywhere.versionsToKeep()),
                        override.purgeUnusedAfter().or(everywhere::purgeUnusedAfter),
                        override.cacheSizeLimitBytes())));
        return new RetentionSettings(everywhere, rules, amount(usual.cacheSizeLimit()), amount(usual.cacheMinFree()));
    }

    private static Optional<LongUnaryOperator> amount(Optional<StorageSize> size) {
        return size.map(given -> given::of);
    }
}
