package io.weft.demo.survive;

/**
 * What came back.
 *
 * @param status of HTTP
 * @param body all of it
 * @param connection which one it came on, for who looks for it in a log
 */
record Answer(int status, String body, String connection) {}
