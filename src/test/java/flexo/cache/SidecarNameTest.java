package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidecarNameTest {
    private static final String TARGET = "bash-5.2-1-x86_64.pkg.tar.zst";

    @ParameterizedTest
    @EnumSource
    void nameIsReadAsItIsMade(SidecarName.Kind kind) {
        assertThat(SidecarName.parse(SidecarName.of(kind, TARGET))).contains(new SidecarName(kind, TARGET, ""));
    }

    @Test
    void namesAreThoseOfTheCache() {
        PartNames names = new PartNames(Path.of("core", TARGET));

        assertThat(names.part().getFileName()).hasToString(SidecarName.of(SidecarName.Kind.PART, TARGET));
        assertThat(names.promise().getFileName()).hasToString(SidecarName.of(SidecarName.Kind.PROMISE, TARGET));
        assertThat(names.flexoSize().getFileName()).hasToString(SidecarName.of(SidecarName.Kind.FLEXO_SIZE, TARGET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".part", ".head", TARGET, TARGET + ".part", ".bash", ".last-uses", ".a.parts"})
    void othersAreTold(String name) {
        assertThat(SidecarName.parse(name)).isEmpty();
    }
}
