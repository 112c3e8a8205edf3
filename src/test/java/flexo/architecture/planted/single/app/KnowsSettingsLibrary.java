package flexo.architecture.planted.single.app;

import org.eclipse.microprofile.config.Config;

interface KnowsSettingsLibrary {
    Config config();
}
