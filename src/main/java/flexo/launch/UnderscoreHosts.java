package flexo.launch;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.buf.MessageBytes;

/**
 * Tomcat's HTTP/1.1 protocol, which also answers requests whose {@code Host} has an underscore.
 *
 * <p>RFC 952 knows no such host names, and Tomcat refuses them with 400 and has no switch for it. But Docker Compose names
 * its services so, and nginx sends the name of an {@code upstream} block.
 */
public final class UnderscoreHosts extends Http11NioProtocol {
    /** Made by Tomcat, which is told of this class in {@code server.xml}. */
    public UnderscoreHosts() {}

    @Override
    protected Processor createProcessor() {
        return new Http11Processor(this, getAdapter()) {
            @Override
            protected void parseHost(MessageBytes host) {
                String name = host == null || host.isNull() ? "" : host.toString();
                if (name.indexOf('_') < 0) {
                    super.parseHost(host);
                    return;
                }
                // Tomcat checks all else, and finds the port.
                MessageBytes checked = MessageBytes.newInstance();
                checked.setString(name.replace('_', 'x'));
                checked.toBytes();
                super.parseHost(checked);
                if (!getErrorState().isError()) {
                    int colon = name.lastIndexOf(':');
                    request.serverName().setString(colon < 0 ? name : name.substring(0, colon));
                }
            }
        };
    }
}
