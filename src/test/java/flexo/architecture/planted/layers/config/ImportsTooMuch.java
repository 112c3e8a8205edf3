package flexo.architecture.planted.layers.config;

/** Each method names a package that this one may not import. */
interface ImportsTooMuch {
    flexo.architecture.planted.layers.app.Something app();

    flexo.architecture.planted.layers.launch.Something launch();

    flexo.architecture.planted.layers.log.Something log();
}
