package flexo.system;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The Ansible collection, as ansible-lint judges what is fit for production. */
class AnsibleLintIT {
    @ScratchFolder
    Path folder;

    @Test
    void collectionIsFitForProduction() {
        Machine.program("ansible-lint");
        Command.of("sh", "-c", "cd ansible && ansible-lint --nocolor --offline --profile production")
                .with("LC_ALL", "C.UTF-8")
                .with("ANSIBLE_HOME", folder.resolve("ansible").toString())
                .with("XDG_CACHE_HOME", folder.resolve("cache").toString())
                .run(folder.resolve("lint.log"))
                .succeeded();
    }
}
