package flexo.architecture.planted.layers.launch;

/** Each method names a package that this one may not import. */
interface ImportsTooMuch {
    flexo.architecture.planted.layers.alpm.Something alpm();

    flexo.architecture.planted.layers.app.Something app();

    flexo.architecture.planted.layers.cache.Something cache();

    flexo.architecture.planted.layers.config.Something config();

    flexo.architecture.planted.layers.database.Something database();

    flexo.architecture.planted.layers.download.Something download();

    flexo.architecture.planted.layers.log.Something log();

    flexo.architecture.planted.layers.mirror.Something mirror();

    flexo.architecture.planted.layers.net.Something net();

    flexo.architecture.planted.layers.prefetch.Something prefetch();

    flexo.architecture.planted.layers.repository.Something repository();

    flexo.architecture.planted.layers.retention.Something retention();

    flexo.architecture.planted.layers.upstream.Something upstream();

    flexo.architecture.planted.layers.web.Something web();
}
