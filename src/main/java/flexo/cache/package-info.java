/**
 * The package cache on disk: a directory laid out like a mirror.
 *
 * <p>Only complete files have their own names; a part file lies beside its final path, under a name that no path can
 * spell. This package knows nothing of mirrors, requests and policies.
 */
package flexo.cache;
