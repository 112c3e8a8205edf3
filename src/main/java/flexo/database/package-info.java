/**
 * The databases of repositories: which state of each is known, whether mirrors have a newer one, and what clients are given.
 *
 * <p>How a database comes from a mirror is the business of {@code flexo.download}, which knows nothing of databases; what
 * its generations are on disk that of {@code flexo.cache}; how it is read that of {@code flexo.repository}.
 */
package flexo.database;
