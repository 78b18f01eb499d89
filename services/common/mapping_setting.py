"""Settings of engines and channels in the contract."""

from __future__ import annotations

from dq.v1 import connection_pb2
from dq_platform.connectors.base import Beside, Setting, SettingKind
from services.common.enums import EnumPair
from services.common.structs import to_value

SETTING_KINDS = EnumPair(SettingKind, connection_pb2.SettingKind.DESCRIPTOR)


def setting(model: Setting) -> connection_pb2.ConnectionSetting:
    return connection_pb2.ConnectionSetting(
        name=model.name,
        description=model.description,
        kind=connection_pb2.SettingKind.ValueType(SETTING_KINDS.proto(model.kind)),
        required=model.required,
        secret=model.secret,
        default_value=None if model.default is None else to_value(model.default),
        choices=model.choices,
        minimum=model.minimum,
        maximum=model.maximum,
        beside=_condition(model.beside) if model.beside else None,
    )


def _condition(beside: Beside) -> connection_pb2.SettingCondition:
    return connection_pb2.SettingCondition(setting=beside.setting, values=beside.values)
