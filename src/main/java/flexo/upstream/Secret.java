package flexo.upstream;

import java.nio.file.Path;

/** A password or token, which is never part of a text for people: {@code toString} shows three asterisks. */
public interface Secret {
    /** The secret itself; reads nothing, so it may be called by a thread that must not wait. */
    String reveal();

    /** Looks whether the secret has changed where it is kept. May read a small file. */
    void refresh();

    /** A secret that stays as it is. */
    static Secret of(String value) {
        return new Secret() {
            @Override
            public String reveal() {
                return value;
            }

            @Override
            public void refresh() {
                // There is no other place to look.
            }

            @Override
            public String toString() {
                return MASK;
            }
        };
    }

    /** The first line of a file, read again when the file has changed. */
    static Secret inFile(Path file) {
        return new SecretFile(file);
    }

    /** What people see instead. */
    String MASK = "***";
}
