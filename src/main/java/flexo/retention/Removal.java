package flexo.retention;

import flexo.alpm.RepositoryPath;
import java.util.List;

/**
 * A file that a sweep removes, together with its signature and its notes.
 *
 * @param path the file; for a note or a signature without its file, the path of that file
 * @param reason why
 * @param bytes what is freed
 * @param names everything that goes, by its name in the directory, in the order of deletion
 */
public record Removal(RepositoryPath path, RemovalReason reason, long bytes, List<String> names) {}
