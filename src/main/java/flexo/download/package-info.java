/**
 * Files on their way from a mirror into the cache, each fetched once and shared by all who want it.
 *
 * <p>{@link flexo.download.Download} is what clients share; {@link flexo.download.Failover} walks the mirrors for it, one
 * {@link flexo.download.Transfer} at a time. How bytes cross the network is behind
 * {@link flexo.download.MirrorClient}; which mirror comes next is {@link flexo.mirror.MirrorSelector}'s decision.
 */
package flexo.download;
