package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileHandoverTest {
    private static final Path CACHE = Path.of("/var/cache/flexo/pkg");
    private static final Path FILE = CACHE.resolve("extra/os/x86_64/c++ 100%-1:1-1-any.pkg.tar.zst");

    @Test
    void nginxIsGivenThePathBelowItsLocationAndHttpdTheFile() {
        assertThat(FileHandover.X_ACCEL_REDIRECT.header()).isEqualTo("X-Accel-Redirect");
        assertThat(FileHandover.X_ACCEL_REDIRECT.value(FILE, CACHE))
                .contains("/flexo-cache/extra/os/x86_64/c++%20100%25-1:1-1-any.pkg.tar.zst");
        assertThat(FileHandover.X_SENDFILE.header()).isEqualTo("X-Sendfile");
        assertThat(FileHandover.X_SENDFILE.value(FILE, CACHE))
                .contains("/var/cache/flexo/pkg/extra/os/x86_64/c++%20100%25-1:1-1-any.pkg.tar.zst");
    }

    @Test
    void fileOfADirectoryThatTheProxyCannotReadIsNotHandedOver() {
        assertThat(FileHandover.X_SENDFILE.value(Path.of("/srv/packages/a.pkg.tar.zst"), CACHE))
                .isEmpty();
    }

    @Test
    void nothingIsHandedOverUnlessASettingSaysSo() {
        assertThat(FileHandover.NONE.value(FILE, CACHE)).isEmpty();
    }
}
