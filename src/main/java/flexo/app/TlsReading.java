package flexo.app;

import flexo.config.InvalidConfigException;
import flexo.config.Problem;
import flexo.upstream.TlsSetup;
import flexo.upstream.UnusableTlsException;
import java.time.Instant;

/** Reads certificates and keys; mistakes in them are mistakes in the configuration. */
final class TlsReading {
    private TlsReading() {}

    /**
     * Reads them.
     *
     * @throws InvalidConfigException with all mistakes in them
     */
    static TlsSetup read(TlsSetup.Files files, Instant now) throws InvalidConfigException {
        try {
            return TlsSetup.of(files, now);
        } catch (UnusableTlsException e) {
            throw new InvalidConfigException(e.mistakes().stream()
                    .map(mistake -> new Problem(mistake.file().toString(), mistake.key(), "", mistake.what()))
                    .toList());
        }
    }
}
