package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.Client;
import flexo.download.FileSource;
import flexo.download.LocalDirectory;
import flexo.download.Opened;
import flexo.download.RequestedFiles;
import flexo.mirror.Mirror;
import flexo.prefetch.PrefetchInUse;
import flexo.retention.RetentionInUse;
import flexo.testing.Damage;
import flexo.upstream.OutboundInUse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in the configuration file, it is a set of settings or a list of mistakes for people. */
class SettingsFuzzTest {
    private static final int ROUNDS = 200 * Integer.getInteger("flexo.test.effort", 1);
    private static final String[] WORDS =
            ("=|\"|[|]|[[custom_repo]]|[x]|{|}|\n|'''|\"\"\"|0|-1|1e400|0 s|1 year|inf|nan|true|"
                            + "1979-05-27T07:32:00Z|\\u0000|\\|$|${flexo.port}|http://[::1|https://user:secret@a/|/|..|,|"
                            + "* * * * *|0 */30 * * *|80 %|-5 GiB|"
                            + "9".repeat(50)
                            + "|" + "[".repeat(500))
                    .split("\\|");

    @TempDir
    Path folder;

    @Test
    void everyFileIsSettingsOrAListOfMistakes() throws Exception {
        byte[] whole = reference();
        Damage damage = new Damage(1, WORDS);
        int accepted = 0;

        for (int round = 0; round < ROUNDS; round++) {
            Path file = Files.write(folder.resolve("flexo.toml"), damage.of(whole));
            try {
                FlexoConfig.load(Sources.file(file));
                accepted++;
            } catch (InvalidConfigException mistakes) {
                assertThat(mistakes).message().isNotBlank().doesNotContain("secret@");
            }
        }

        assertThat(accepted).isLessThan(ROUNDS);
    }

    /** The parts that follow settings are asked what the application asks of them: none may refuse what the check has let pass. */
    @Test
    void everyValueThatPassesTheCheckCanBeUsed() throws Exception {
        Map<String, String> examples = TomlFile.read(Files.write(folder.resolve("flexo.toml"), reference()))
                .values();
        Damage damage = new Damage(2, WORDS);
        int used = 0;

        for (int round = 0; round < ROUNDS; round++) {
            for (Key<?> key : Keys.ALL) {
                String value = damage.of(examples.getOrDefault(key.name(), "1"));
                if (!value.isBlank() && key.parser().parse(value).mistakes().isEmpty()) {
                    try {
                        use(FlexoConfig.load(Sources.properties(Map.of(key.property(), value))));
                        used++;
                    } catch (InvalidConfigException needsAnotherSettingBesideIt) {
                        assertThat(needsAnotherSettingBesideIt.problems()).isNotEmpty();
                    } catch (RuntimeException e) {
                        throw new AssertionError(key.name() + " = " + value, e);
                    }
                }
            }
        }

        assertThat(used).isGreaterThan(ROUNDS);
    }

    private static void use(FlexoConfig config) throws Exception {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        RepositoryPath path = RepositoryPath.parse("/core/os/x86_64/core.db");
        List<Mirror> mirrors = new ArrayList<>(config.mirrors().predefined());
        mirrors.add(config.mirrors().provisional());
        mirrors.add(config.archive().days());
        config.archive().pool().ifPresent(mirrors::add);
        for (CustomRepository repository : config.customRepositories()) {
            mirrors.addAll(repository.mirrors());
            repository.mirrors().forEach(repository::access);
            repository.directory().ifPresent(LocalDirectory::new);
        }
        mirrors.forEach(mirror -> OutboundInUse.use(config.outbound().rules(), mirror.uri(path)));
        config.mirrors()
                .statusDocuments()
                .forEach(document -> OutboundInUse.use(config.outbound().rules(), document));
        config.mirrors().criteria().attempts().forEach(criteria -> criteria.select(List.of(), new Random(1)));
        PrefetchInUse.use(config.prefetch(), now);
        RetentionInUse.use(config.retention(), path.directory(), now);
        new RequestedFiles(NOTHING, new RequestedFiles.Offer(Set.of(), Map.of(), config.restrictions()))
                .open(path, new Client("127.0.0.1", "127.0.0.1"));
    }

    private static final FileSource NOTHING = new FileSource() {
        @Override
        public CompletionStage<Opened> open(RepositoryPath path, Client client) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Opened> openHead(RepositoryPath path, Client client) {
            return new CompletableFuture<>();
        }
    };

    /** All settings of the annotated file, and nothing that would take the damage instead of them. */
    private static byte[] reference() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(FlexoConfig.class.getResourceAsStream("/flexo/flexo-reference.toml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("^# (?=[\\w.]+ = |\\[)", ""))
                    .filter(line -> !line.startsWith("#") && !line.startsWith("config_file"))
                    .collect(Collectors.joining("\n"))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
