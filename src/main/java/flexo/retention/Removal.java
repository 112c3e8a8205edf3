package flexo.retention;

import flexo.alpm.RepositoryPath;
import java.util.List;

/**
 * A file that a sweep removes, together with its signature and its notes.
 *
 * @param path the file; for a note or a signature without its file, the path of that file
 * @param reason the reason
 * @param bytes the bytes freed
 * @param names the files to delete, by name in the directory, in that order
 */
public record Removal(RepositoryPath path, RemovalReason reason, long bytes, List<String> names) {}
