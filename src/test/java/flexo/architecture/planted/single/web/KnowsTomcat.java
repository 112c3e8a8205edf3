package flexo.architecture.planted.single.web;

import org.apache.tomcat.util.buf.ByteChunk;

interface KnowsTomcat {
    ByteChunk chunk();
}
