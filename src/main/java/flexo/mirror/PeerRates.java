package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.List;

/** The recent speeds of other mirrors; evidence for {@link SlownessPolicy}. */
@FunctionalInterface
public interface PeerRates {

    /**
     * The speeds in bytes per second of the other mirrors that may have the same file; 0 if unknown. Thread-safe; never
     * blocks.
     */
    List<Double> ratesOfOthers(RepositoryPath path, Mirror mirror);
}
