"""What the gateway needs to know of each message type, worked out once from its descriptor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.scalars import Codec, codec
from gateway.wellknown import well_known

HTTP_BODY = "google.api.HttpBody"


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One field.

    `codec` is None for an ordinary message, whose plan then is `message`; a value that `is_message` is set by copying.
    """

    name: str
    json_name: str
    descriptor: FieldDescriptor
    repeated: bool
    oneof: str
    codec: Codec | None
    is_message: bool
    plans: Plans
    map_key: Codec | None = None

    @property
    def takes_null(self) -> bool:
        """Whether JSON null is a value here, not an absence."""
        return self.holds("google.protobuf.Value")

    @property
    def message(self) -> MessagePlan:
        """The plan of the message in this field, or of a map's message values."""
        return self.plans.of(message_type(self._value))

    def holds(self, full_name: str) -> bool:
        """Whether the value is a message of this type."""
        return self.is_message and message_type(self._value).full_name == full_name

    @property
    def _value(self) -> FieldDescriptor:
        if self.map_key:
            return message_type(self.descriptor).fields_by_name["value"]
        return self.descriptor


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """The fields of a message under every name that a client may use."""

    full_name: str
    fields: Mapping[str, FieldPlan]
    names: list[str]

    def find(self, field_path: str) -> list[FieldPlan]:
        """The fields along a dotted path of proto names; raises KeyError with the part that is not there."""
        plan = self
        found: list[FieldPlan] = []
        for index, part in enumerate(field_path.split(".")):
            if index:
                if found[-1].codec or found[-1].repeated:
                    raise KeyError(part)
                plan = found[-1].message
            if part not in plan.names:
                raise KeyError(part)
            found.append(plan.fields[part])
        return found


class Plans:
    """The plans of all messages reached so far."""

    def __init__(self) -> None:
        self._known: dict[str, MessagePlan] = {}

    def of(self, descriptor: Descriptor) -> MessagePlan:
        """The plan of a message type."""
        known = self._known.get(descriptor.full_name)
        if known is None:
            known = self._known[descriptor.full_name] = self._message(descriptor)
        return known

    def _message(self, descriptor: Descriptor) -> MessagePlan:
        fields: dict[str, FieldPlan] = {}
        for field in descriptor.fields:
            plan = self._field(field)
            fields[field.json_name] = plan
        fields |= {plan.name: plan for plan in list(fields.values())}
        return MessagePlan(descriptor.full_name, fields, [field.name for field in descriptor.fields])

    def _field(self, field: FieldDescriptor) -> FieldPlan:
        value, map_key = field, None
        if is_map(field):
            value = message_type(field).fields_by_name["value"]
            map_key = codec(message_type(field).fields_by_name["key"])
        return FieldPlan(
            name=field.name,
            json_name=field.json_name,
            descriptor=field,
            repeated=field.is_repeated,
            oneof=_oneof(field),
            codec=codec(value) if value.message_type is None else well_known(value.message_type),
            is_message=value.message_type is not None,
            plans=self,
            map_key=map_key,
        )


def message_type(field: FieldDescriptor) -> Descriptor:
    """The message type of a message field."""
    if field.message_type is None:
        raise TypeError(f"{field.full_name} is not a message field")
    return field.message_type


def is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _oneof(field: FieldDescriptor) -> str:
    """The oneof of a field; none when it is only how `optional` is spelt in a descriptor."""
    oneof = field.containing_oneof
    if oneof is None or (len(oneof.fields) == 1 and oneof.name == f"_{field.name}"):
        return ""
    return str(oneof.name)
