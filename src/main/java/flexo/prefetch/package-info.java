/**
 * Fetches packages before clients ask for them: new versions of those that clients use, and lists that are handed in.
 *
 * <p>What to fetch, and when, is decided here. How a file comes into the cache is the business of {@code flexo.download},
 * what stays there that of {@code flexo.retention}.
 */
package flexo.prefetch;
