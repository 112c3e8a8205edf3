/**
 * What a repository says about its package files: the parsed database, and whether a signature may be that of a database.
 *
 * <p>Reads files and keeps values. Mirrors, requests, the package cache and policies are none of this package's business.
 */
package flexo.repository;
