package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileChoiceTest {
    @TempDir
    Path temp;

    @Test
    void usualFileIsUsedWhereItCanBeWritten() {
        Path usual = temp.resolve("state");

        assertThat(StateFileChoice.choose(usual.resolve("mirrorlist"), temp.resolve("base"), usual))
                .isEqualTo(usual.resolve("mirrorlist"));
    }

    @Test
    void fileBelowTheContainersBaseIsUsedWhereTheUsualDirectoryCannotBe() throws IOException {
        Path usual = Files.writeString(temp.resolve("a-file"), "in the way").resolve("state");

        assertThat(StateFileChoice.choose(usual.resolve("mirrorlist"), temp.resolve("base"), usual))
                .isEqualTo(temp.resolve("base/flexo-state/mirrorlist"));
    }

    @Test
    void fileThatWasSetElsewhereIsLeftWhereItWasSet() throws IOException {
        Path usual = Files.writeString(temp.resolve("a-file"), "in the way").resolve("state");
        Path set = temp.resolve("elsewhere/mirrorlist");

        assertThat(StateFileChoice.choose(set, temp.resolve("base"), usual)).isEqualTo(set);
    }
}
