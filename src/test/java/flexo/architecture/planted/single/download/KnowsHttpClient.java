package flexo.architecture.planted.single.download;

import org.apache.hc.core5.http.HttpResponse;

interface KnowsHttpClient {
    HttpResponse response();
}
