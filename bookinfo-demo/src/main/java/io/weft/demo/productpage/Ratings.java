package io.weft.demo.productpage;

import java.util.Map;

/** How many stars each reader gave, as ratings tells it. */
record Ratings(int id, Map<String, Integer> ratings) {}
