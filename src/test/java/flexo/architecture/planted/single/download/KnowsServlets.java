package flexo.architecture.planted.single.download;

import jakarta.servlet.ServletRequest;

interface KnowsServlets {
    ServletRequest request();
}
