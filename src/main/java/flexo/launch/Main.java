package flexo.launch;

/** Entry point of the executable WAR. */
public final class Main {
    private Main() {}

    /**
     * Starts.
     *
     * @param args none
     */
    public static void main(String[] args) {}
}
