package flexo.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An example of docs/repositories.md: what it tells to write into {@code flexo.toml}, and what into {@code pacman.conf}.
 *
 * @param title its heading
 * @param toml the settings
 * @param pacmanConf sections and their servers
 */
record DocumentedRepository(String title, String toml, String pacmanConf) {
    private static final Pattern EXAMPLE = Pattern.compile(
            "\n### ([^\n]+)\n(?:(?!\n#).)*?```toml\n((?:(?!```).)*)```\n\n```ini\n((?:(?!```).)*)```", Pattern.DOTALL);
    private static final Pattern SERVER = Pattern.compile("\\[(\\S+)]\nServer = http://flexo.example:7878(/\\S+)");
    private static final Pattern HOST = Pattern.compile("https?://[^/\"]+/");

    /** All that are fetched from mirrors. */
    static List<DocumentedRepository> all() throws IOException {
        Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("docs/repositories.md")));
        List<DocumentedRepository> all = new ArrayList<>();
        while (examples.find()) {
            if (HOST.matcher(examples.group(2)).find()) {
                all.add(new DocumentedRepository(examples.group(1), examples.group(2), examples.group(3)));
            }
        }
        return all;
    }

    /** The paths of a repository that pacman asks for with one of its server lines. */
    record Asked(String repository, String directory) {}

    /** What pacman makes of its servers. */
    List<Asked> asked(String arch) {
        List<Asked> asked = new ArrayList<>();
        Matcher servers = SERVER.matcher(pacmanConf);
        while (servers.find()) {
            asked.add(new Asked(
                    servers.group(1),
                    servers.group(2).replace("$repo", servers.group(1)).replace("$arch", arch)));
        }
        return asked;
    }

    /** The settings with other hosts; what follows in their URLs stays. */
    String tomlAt(String url) {
        return HOST.matcher(toml).replaceAll(Matcher.quoteReplacement(url));
    }

    /** The path of its first URL, with a slash at both ends. */
    String basePath() {
        Matcher host = HOST.matcher(toml);
        if (!host.find()) {
            throw new IllegalStateException(title + " has no URL");
        }
        return "/" + toml.substring(host.end(), toml.indexOf('"', host.end()));
    }

    @Override
    public String toString() {
        return title;
    }
}
