/**
 * The contents of repositories: parsed databases, the package files they list, and OpenPGP signatures.
 *
 * <p>Reads files and holds values; knows nothing of mirrors, requests, the package cache or policies.
 */
package flexo.repository;
