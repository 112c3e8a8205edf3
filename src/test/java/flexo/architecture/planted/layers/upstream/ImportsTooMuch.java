package flexo.architecture.planted.layers.upstream;

/** Each method names a package that this one may not import. */
interface ImportsTooMuch {
    flexo.architecture.planted.layers.app.Something app();

    flexo.architecture.planted.layers.config.Something config();

    flexo.architecture.planted.layers.database.Something database();

    flexo.architecture.planted.layers.launch.Something launch();

    flexo.architecture.planted.layers.log.Something log();

    flexo.architecture.planted.layers.prefetch.Something prefetch();

    flexo.architecture.planted.layers.web.Something web();
}
