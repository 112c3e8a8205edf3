package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.List;

/** What the other mirrors have been giving lately; evidence for {@link SlownessPolicy}. */
@FunctionalInterface
public interface PeerRates {

    /**
     * Speeds in bytes per second of the mirrors other than this one that may have the same file; 0 where it is not known. May
     * be asked from any thread; does not block.
     */
    List<Double> ratesOfOthers(RepositoryPath path, Mirror mirror);
}
