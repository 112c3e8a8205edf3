package flexo.download;

import flexo.cache.FileDigest;
import java.util.Optional;

/**
 * The part of a file that the disk refuses, so that each reader continues alone.
 *
 * @param fromByte its first byte
 * @param before the digest of all bytes before it; empty if the file need not be verified
 */
record Remainder(long fromByte, Optional<FileDigest> before) {}
