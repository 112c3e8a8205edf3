package flexo.architecture.planted.single.web;

import org.apache.catalina.Lifecycle;

interface KnowsCatalina {
    Lifecycle lifecycle();
}
