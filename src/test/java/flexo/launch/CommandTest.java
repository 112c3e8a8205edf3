package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {
    @Test
    void withoutArgumentsItServes() throws CannotStart {
        assertThat(Command.of()).isEqualTo(new Command.Serve());
    }

    @Test
    void eachCommandHasItsName() throws CannotStart {
        assertThat(Command.of("--help")).isEqualTo(new Command.Help());
        assertThat(Command.of("-h")).isEqualTo(new Command.Help());
        assertThat(Command.of("--version")).isEqualTo(new Command.Version());
        assertThat(Command.of("--print-settings")).isEqualTo(new Command.PrintSettings());
        assertThat(Command.of("--check")).isEqualTo(new Command.Check(Optional.empty()));
        assertThat(Command.of("--check", "flexo.toml"))
                .isEqualTo(new Command.Check(Optional.of(Path.of("flexo.toml"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port 80", "serve", "--check a b", "--check --help", "--help --version", "--Help"})
    void everythingElseIsRefusedWithTheWayToTheHelp(String arguments) {
        CannotStart refusal = catchThrowableOfType(CannotStart.class, () -> Command.of(arguments.split(" ", -1)));

        assertThat(refusal).hasMessageContaining("'" + arguments + "'").hasMessageContaining("--help");
        assertThat(refusal.reason().exitCode()).isEqualTo(64);
    }

    @Test
    void theHelpNamesEachCommandAndEachExitCode() {
        assertThat(Command.HELP)
                .contains("--check [FILE]", "--print-settings", "--version", "--help", "FLEXO_CONFIG_FILE")
                .contains("64", "78", "143");
    }
}
