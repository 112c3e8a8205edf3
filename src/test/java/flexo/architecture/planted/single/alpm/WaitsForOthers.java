package flexo.architecture.planted.single.alpm;

import java.util.concurrent.Future;

interface WaitsForOthers {
    Future<String> later();
}
