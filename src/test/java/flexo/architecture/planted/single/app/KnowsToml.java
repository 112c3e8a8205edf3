package flexo.architecture.planted.single.app;

import org.tomlj.TomlTable;

interface KnowsToml {
    TomlTable table();
}
