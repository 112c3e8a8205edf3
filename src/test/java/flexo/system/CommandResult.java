package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a program ended.
 *
 * @param command what was run
 * @param status its exit status
 * @param output all it printed, both streams
 */
record CommandResult(Command command, int status, String output) {
    /**
     * Fails the test, with all that the program printed, unless it ended with status 0.
     *
     * @return this
     */
    CommandResult succeeded() {
        assertThat(status)
                .as("status of %s, which printed:%n%s", command.words(), output)
                .isZero();
        return this;
    }

    /**
     * Fails the test if the program ended with status 0.
     *
     * @return this
     */
    CommandResult failed() {
        assertThat(status)
                .as("status of %s, which printed:%n%s", command.words(), output)
                .isNotZero();
        return this;
    }
}
