/**
 * Prefetching: fetches new versions of packages that clients use, and lists of packages that are handed in.
 *
 * <p>This package decides on contents and time. {@code flexo.download} fetches the files, {@code flexo.retention}
 * removes them.
 */
package flexo.prefetch;
