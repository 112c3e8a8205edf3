package flexo.architecture.planted.single.alpm;

final class AsksTheSystem {
    private AsksTheSystem() {}

    static String home() {
        return System.getProperty("user.home");
    }
}
