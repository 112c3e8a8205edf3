package flexo.download;

import flexo.cache.FileDigest;
import java.util.Optional;

/**
 * The part of a file that the disk does not take, so that each reader goes on alone.
 *
 * @param fromByte where it begins
 * @param before the digest of all bytes before it; empty if the file need not be proven
 */
record Rest(long fromByte, Optional<FileDigest> before) {}
