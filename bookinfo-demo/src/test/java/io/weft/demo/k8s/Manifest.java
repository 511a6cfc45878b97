package io.weft.demo.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * One object.
 *
 * @param from the folder or file it comes from
 */
record Manifest(String from, JsonNode json) {

    String apiVersion() {
        return json.path("apiVersion").asString();
    }

    /** Without version; empty for the core group. */
    String group() {
        int slash = apiVersion().indexOf('/');
        return slash < 0 ? "" : apiVersion().substring(0, slash);
    }

    String kind() {
        return json.path("kind").asString();
    }

    String name() {
        return json.path("metadata").path("name").asString();
    }

    /** Where {@code kubectl apply} puts it. */
    String namespace() {
        return json.path("metadata").path("namespace").asString("default");
    }

    JsonNode spec() {
        return json.path("spec");
    }

    /** Of a Deployment. */
    JsonNode pod() {
        return spec().path("template");
    }

    /** Of a Deployment: each with what kustomize made of it. */
    List<JsonNode> containers() {
        return items(pod().path("spec").path("containers"));
    }

    /** Whether a selector's labels are among the pods' of this Deployment. */
    boolean isSelectedBy(JsonNode labels) {
        JsonNode own = pod().path("metadata").path("labels");
        return labels.propertyStream().allMatch(each -> each.getValue().equals(own.path(each.getKey())));
    }

    static List<JsonNode> items(JsonNode list) {
        List<JsonNode> items = new ArrayList<>();
        list.forEach(items::add);
        return items;
    }

    static Stream<String> words(JsonNode list) {
        return items(list).stream().map(JsonNode::asString);
    }

    @Override
    public String toString() {
        return from + ": " + kind() + " " + namespace() + "/" + name();
    }
}
