package flexo.config;

import flexo.web.FileHandover;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The role of a web server in front of us in serving files of the cache.
 *
 * @param hitsLog its log of the files it has served by itself; empty if there is none
 * @param handover the way it is told to send a file
 */
public record WebServer(Optional<Path> hitsLog, FileHandover handover) {}
