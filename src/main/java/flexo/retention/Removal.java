package flexo.retention;

import flexo.alpm.RepositoryPath;

/**
 * A file that a sweep removes from the cache, with what lies beside it: its signature, its notes.
 *
 * @param path the file; for something that only lies beside a file, the path of that file
 * @param reason why
 * @param bytes what is freed
 */
public record Removal(RepositoryPath path, RemovalReason reason, long bytes) {}
