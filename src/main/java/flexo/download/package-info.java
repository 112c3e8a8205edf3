/**
 * Downloads: files being fetched from mirrors into the cache, each once, shared by all clients.
 *
 * <p>Clients share a {@link flexo.download.Download}; {@link flexo.download.Failover} asks mirrors for it, by
 * {@link flexo.download.Transfer}s. {@link flexo.download.MirrorClient} hides the network, and
 * {@link flexo.mirror.MirrorSelector} chooses the next mirror.
 */
package flexo.download;
