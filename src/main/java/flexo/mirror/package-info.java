/**
 * The mirrors: which there are, how good each is, and which one a download should ask next.
 *
 * <p>This package decides and never accesses the network, except through interfaces that another package implements.
 * Time, randomness and threads are injected.
 */
package flexo.mirror;
