package flexo.app;

import flexo.config.FlexoConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings in force, and the notification of the parts when they change.
 *
 * <p>They are replaced as a whole by one assignment. A part reads a {@link #supplier} once per decision, so that no
 * decision mixes two states; a part that has to act on a change is notified. Reading is thread-safe; one thread at a
 * time makes changes.
 */
final class Settings {
    private final List<Consumer<FlexoConfig>> parts = new ArrayList<>();
    private volatile FlexoConfig current;

    /** Starts with these settings. */
    Settings(FlexoConfig first) {
        this.current = first;
    }

    FlexoConfig current() {
        return current;
    }

    /**
     * A part of the settings, always current.
     *
     * @param part derived from all settings; it is cheap, and its result immutable
     */
    <T> Supplier<T> supplier(Function<FlexoConfig, T> part) {
        return () -> part.apply(current);
    }

    /**
     * Registers an action for changes of a part of the settings. To be called before the first change.
     *
     * @param part compared by {@code equals}
     * @param change the action; called again with the former settings if another part fails with the new ones
     */
    <T> void whenChanged(Function<FlexoConfig, T> part, Consumer<T> change) {
        Last<T> last = new Last<>(part.apply(current));
        parts.add(next -> last.replace(part.apply(next), change));
    }

    /**
     * Applies new settings to all parts, or else the former ones to all of them.
     *
     * @throws RuntimeException from a part, after all have been notified of the new settings, and of the former ones
     *     again
     */
    void replace(FlexoConfig next) {
        FlexoConfig before = current;
        List<RuntimeException> failures = tell(next);
        if (!failures.isEmpty()) {
            RuntimeException first = failures.remove(0);
            failures.addAll(tell(before));
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private List<RuntimeException> tell(FlexoConfig next) {
        current = next;
        List<RuntimeException> failures = new ArrayList<>();
        for (Consumer<FlexoConfig> part : parts) {
            try {
                part.accept(next);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        return failures;
    }

    /** The last value of a part of the settings; accessed only while settings are replaced. */
    private static final class Last<T> {
        private T value;

        Last(T value) {
            this.value = value;
        }

        void replace(T next, Consumer<T> change) {
            if (!next.equals(value)) {
                value = next;
                change.accept(next);
            }
        }
    }
}
