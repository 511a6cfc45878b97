package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One YAML document as plain maps, lists, strings, longs, doubles and booleans.
 *
 * <p>Only the node graph is composed, nothing is constructed, so no tag can make an object. Scalars follow YAML 1.2:
 * {@code yes}, {@code on}, {@code 0644}, dates and {@code 12:30} are strings.
 */
public final class YamlReader {

    private int values;

    private YamlReader() {}

    /**
     * Reads a document.
     *
     * @return the value, or null for an empty document
     * @throws UnreadableException if it is not YAML or beyond a bound
     */
    public static @Nullable Object read(String text) throws UnreadableException {
        requireBounded(text);
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(ParseLimits.MAX_BYTES);
        options.setNestingDepthLimit(ParseLimits.MAX_DEPTH);
        options.setMaxAliasesForCollections(ParseLimits.MAX_ALIASES);
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setProcessComments(false);
        try {
            Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            return root == null ? null : new YamlReader().value(root, 0);
        } catch (MarkedYAMLException broken) {
            throw new UnreadableException("not valid YAML: " + oneLine(broken));
        } catch (YAMLException broken) {
            throw new UnreadableException("not valid YAML: " + broken.getMessage());
        }
    }

    /** SnakeYAML's time grows with the square of a line's length, so its own bound on the whole is not enough. */
    private static void requireBounded(String text) throws UnreadableException {
        if (text.length() > ParseLimits.MAX_BYTES) {
            throw ParseLimits.tooLarge(text.length());
        }
        int start = 0;
        int number = 1;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            if (end - start > ParseLimits.MAX_LINE) {
                throw new UnreadableException("line " + number + ": " + (end - start) + " characters (expected: at most "
                        + ParseLimits.MAX_LINE + "; a JSON file may have longer ones)");
            }
            start = end + 1;
            number++;
        }
    }

    private static String oneLine(MarkedYAMLException broken) {
        String where = broken.getProblemMark() == null
                ? ""
                : " at line " + (broken.getProblemMark().getLine() + 1) + ", column "
                        + (broken.getProblemMark().getColumn() + 1);
        String problem = broken.getProblem() == null ? String.valueOf(broken.getMessage()) : broken.getProblem();
        return problem + where;
    }

    private @Nullable Object value(Node node, int depth) throws UnreadableException {
        // Aliases share nodes, so this walk can see a node often: the bound is on the expanded size.
        if (++values > ParseLimits.MAX_VALUES) {
            throw new UnreadableException("too many values (expected: at most " + ParseLimits.MAX_VALUES + ")");
        }
        if (depth > ParseLimits.MAX_DEPTH) {
            throw new UnreadableException("nested too deeply (expected: at most " + ParseLimits.MAX_DEPTH + " levels)");
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (node instanceof SequenceNode sequence) {
            List<@Nullable Object> list = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                list.add(value(element, depth + 1));
            }
            return list;
        }
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, depth);
        }
        throw new UnreadableException("unexpected YAML node " + node.getNodeId());
    }

    private Map<String, @Nullable Object> mapping(MappingNode mapping, int depth) throws UnreadableException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new UnreadableException(at(tuple.getKeyNode()) + "a key must be a string");
            }
            if (Tag.MERGE.equals(key.getTag())) {
                merge(tuple.getValueNode(), depth, merged);
            } else if (map.containsKey(key.getValue())) {
                throw new UnreadableException(at(key) + "duplicate key " + quoted(key.getValue()));
            } else {
                map.put(key.getValue(), value(tuple.getValueNode(), depth + 1));
            }
        }
        merged.forEach(map::putIfAbsent);
        return map;
    }

    private void merge(Node node, int depth, Map<String, @Nullable Object> into) throws UnreadableException {
        if (node instanceof SequenceNode sequence) {
            for (Node element : sequence.getValue()) {
                merge(element, depth + 1, into);
            }
        } else if (value(node, depth + 1) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> into.putIfAbsent((String) key, value));
        } else {
            throw new UnreadableException(at(node) + "<< must name a mapping");
        }
    }

    private static @Nullable Object scalar(ScalarNode node) throws UnreadableException {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (Tag.STR.equals(tag)) {
            return text;
        }
        if (Tag.NULL.equals(tag)) {
            return null;
        }
        if (Tag.BOOL.equals(tag)) {
            return bool(text);
        }
        if (Tag.INT.equals(tag)) {
            return integer(text);
        }
        if (Tag.FLOAT.equals(tag)) {
            return floating(text);
        }
        if (Tag.TIMESTAMP.equals(tag) || Tag.MERGE.equals(tag) || "!".equals(tag.getValue())) {
            return text;
        }
        throw new UnreadableException(at(node) + "tag " + quoted(tag.getValue()) + " is not allowed");
    }

    private static Object bool(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> text;
        };
    }

    private static Object integer(String text) {
        int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        boolean leadingZero = text.length() > start + 1 && text.charAt(start) == '0';
        if (leadingZero || text.length() == start || text.length() > 30) {
            return text;
        }
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return text;
            }
        }
        BigInteger number = new BigInteger(text);
        return number.bitLength() < 64 ? (Object) number.longValue() : text;
    }

    private static Object floating(String text) {
        if (text.length() > 60 || text.indexOf('_') >= 0 || text.indexOf(':') >= 0) {
            return text;
        }
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? (Object) number : text;
        } catch (NumberFormatException notADecimal) {
            return text;
        }
    }

    private static String at(Node node) {
        return "line " + (node.getStartMark().getLine() + 1) + ", column " + (node.getStartMark().getColumn() + 1) + ": ";
    }

    private static String quoted(String text) {
        return Problem.shown(text);
    }
}
