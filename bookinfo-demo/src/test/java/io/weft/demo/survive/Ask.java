package io.weft.demo.survive;

/**
 * One request and how its answer is known to be right.
 *
 * @param host of the request
 * @param path asked for
 * @param expected what a right answer's body holds
 * @param never what a right answer's body does not hold; empty: no matter
 */
record Ask(String host, String path, String expected, String never) {

    /** What is wrong with an answer; empty: nothing. */
    String wrong(int status, String body) {
        if (status != 200) {
            return "status " + status;
        }
        if (!body.contains(expected)) {
            return "a body without '" + expected + "'";
        }
        return !never.isEmpty() && body.contains(never) ? "a body with '" + never + "'" : "";
    }
}
