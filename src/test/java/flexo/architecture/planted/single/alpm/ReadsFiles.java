package flexo.architecture.planted.single.alpm;

import java.nio.file.Path;

interface ReadsFiles {
    Path file();
}
