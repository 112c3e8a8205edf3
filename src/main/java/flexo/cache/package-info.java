/**
 * The package cache on disk: a directory laid out as a mirror.
 *
 * <p>Under their own names lie only files that are whole; a file on its way lies beside its place under a name no path
 * can spell. Mirrors, requests and policies are none of this package's business.
 */
package flexo.cache;
