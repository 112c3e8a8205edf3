/**
 * How much is told in the log of what others do.
 *
 * <p>Who tells something, and in which words, is no business of this package.
 */
package flexo.log;
