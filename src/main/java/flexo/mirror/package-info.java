/**
 * The mirrors packages come from: which there are, how good each is, and which one a download should ask next.
 *
 * <p>Everything here decides; nothing here talks to the network. What has to be asked of a mirror goes through a port
 * that another package implements. Time, randomness and threads are given from outside.
 */
package flexo.mirror;
