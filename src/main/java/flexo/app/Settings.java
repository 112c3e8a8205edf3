package flexo.app;

import flexo.config.FlexoConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The settings that are in force, and the way the parts of the application learn that they have changed.
 *
 * <p>They are replaced as a whole by one assignment. A part that decides something asks a {@link #supplier} once and works with
 * what it got, so no decision mixes two states; a part that has something to do about a change is told of it. Reading is safe for
 * threads; changes are made by one thread at a time.
 */
final class Settings {
    private final List<Consumer<FlexoConfig>> parts = new ArrayList<>();
    private volatile FlexoConfig current;

    /** The settings of the start. */
    Settings(FlexoConfig first) {
        this.current = first;
    }

    FlexoConfig current() {
        return current;
    }

    /**
     * A part of the settings as it is whenever it is asked for.
     *
     * @param part made of all settings; it is cheap, and what it returns does not change
     */
    <T> Supplier<T> supplier(Function<FlexoConfig, T> part) {
        return () -> part.apply(current);
    }

    /**
     * Arranges for something to be done when a part of the settings has changed. Called before anything can change.
     *
     * @param part compared by {@code equals} with what it was
     * @param change what is done; called again with the former settings if another part cannot follow the new ones
     */
    <T> void whenChanged(Function<FlexoConfig, T> part, Consumer<T> change) {
        Last<T> last = new Last<>(part.apply(current));
        parts.add(next -> last.replace(part.apply(next), change));
    }

    /**
     * From now on these settings count, if all parts take them; else the former ones, everywhere.
     *
     * @throws RuntimeException from a part, after all have been told of the new settings, and of the former ones again
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

    /** What a part of the settings was when it was last looked at; touched only by who replaces settings. */
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
