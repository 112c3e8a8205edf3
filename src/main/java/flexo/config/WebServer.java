package flexo.config;

import flexo.web.FileHandover;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a web server in front of us does with the files of the cache.
 *
 * @param hitsLog where it notes which it has served by itself; empty if it does not
 * @param handover how it is asked to send one
 */
public record WebServer(Optional<Path> hitsLog, FileHandover handover) {}
