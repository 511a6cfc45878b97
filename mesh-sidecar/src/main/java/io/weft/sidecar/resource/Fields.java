package io.weft.sidecar.resource;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which fields of a message our parser reads, and which may be set without effect and why: the author of a bootstrap file is told. Everything else that is set
 * is refused by name. So no wish of a user's is silently dropped.
 */
final class Fields {
    private final Descriptor type;
    private final Set<FieldDescriptor> read = new HashSet<>();
    private final Map<FieldDescriptor, String> ignored = new HashMap<>();

    private Fields(Descriptor type) {
        this.type = type;
    }

    static Fields of(Descriptor type, String... read) {
        Fields fields = new Fields(type);
        for (String name : read) {
            fields.read.add(fields.known(name));
        }
        return fields;
    }

    /** Fields that may be set and change nothing here, with the reason. */
    Fields ignore(String reason, String... names) {
        for (String name : names) {
            ignored.put(known(name), reason);
        }
        return this;
    }

    private FieldDescriptor known(String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field == null) {
            throw new IllegalArgumentException(type.getFullName() + " has no field " + name);
        }
        return field;
    }

    /** @throws ResourceException when a field is set that is neither read nor harmless */
    void check(Where where, Message message) {
        for (FieldDescriptor field : message.getAllFields().keySet()) {
            if (read.contains(field)) {
                continue;
            }
            String reason = ignored.get(field);
            if (reason == null) {
                throw where.refuse("unsupported field " + field.getName());
            }
            where.noEffect(field.getName(), reason);
        }
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw where.refuse("unknown field number "
                    + message.getUnknownFields().asMap().keySet().iterator().next() + " of "
                    + type.getFullName());
        }
    }
}
