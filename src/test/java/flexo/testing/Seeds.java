package flexo.testing;

import java.util.Random;

/** Checks a property over generated inputs, the same in every run. */
public final class Seeds {
    private Seeds() {}

    /** What holds for all inputs that are made from a random source. */
    @FunctionalInterface
    public interface Property {
        /**
         * Makes an input and checks it.
         *
         * @param random the only source of chance
         * @throws Exception if it does not hold
         */
        void check(Random random) throws Exception;
    }

    /**
     * Checks a property with the seeds from 0 on.
     *
     * @param count how many
     * @param property what holds
     * @throws AssertionError for the first seed for which it does not hold, naming that
     */
    public static void upTo(int count, Property property) {
        for (int seed = 0; seed < count; seed++) {
            try {
                property.check(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
