package flexo.app;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The methods {@code equals} and {@code hashCode} of records, which Java links by handles of its own. In Java 17 each of
 * these keeps the type that it was adapted to last, and thereby the class loader of a record of ours (JDK-8078641).
 */
final class RecordMethods {
    private static final Logger LOG = Logger.getLogger(RecordMethods.class.getName());

    /** Later ones refer to the type softly. */
    private static final int LAST_CONCERNED = 18;

    private RecordMethods() {}

    /** Has the handles adapted to a type of Java itself. */
    static void release() {
        if (Runtime.version().feature() > LAST_CONCERNED) {
            return;
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle getter = lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
            for (String method : new String[] {"equals", "hashCode"}) {
                Object unused =
                        ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "stripped", getter);
            }
        } catch (Throwable e) {
            LOG.log(Level.FINE, "Java may keep the classes of this application until others link records", e);
        }
    }
}
