"""The catalogue's part of CheckService over gRPC: check types, sensors, rules."""

from __future__ import annotations

from dq.v1 import check_service_pb2 as pb
from dq.v1 import check_service_pb2_grpc
from dq_platform.app.deps import Deps
from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.registry import Named
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from services.check import mapping_catalogue as mapping
from services.common.call import Context, caller
from services.common.paging import PageTokens, page_of


class CatalogueServicer(check_service_pb2_grpc.CheckServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def ListCheckTypes(self, request: pb.ListCheckTypesRequest, _context: Context) -> pb.ListCheckTypesResponse:
        who = caller()
        level = mapping.LEVELS.core_or_none(request.level)
        chosen = [
            check_type
            for check_type in CHECK_REGISTRY.items()
            if request.category in ("", check_type.category) and level in (None, check_type.level)
        ]
        asked = self._tokens.page(request, who)
        page = page_of(sorted(chosen, key=_by_category), _by_category, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListCheckTypesResponse(check_types=map(mapping.check_type, page.items), next_page_token=token)

    async def GetCheckType(self, request: pb.GetCheckTypeRequest, _context: Context) -> pb.GetCheckTypeResponse:
        return pb.GetCheckTypeResponse(check_type=mapping.check_type(CHECK_REGISTRY.get(request.name)))

    async def ListSensors(self, request: pb.ListSensorsRequest, _context: Context) -> pb.ListSensorsResponse:
        who = caller()
        page = page_of(SENSOR_REGISTRY.items(), _by_name, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListSensorsResponse(sensors=map(mapping.sensor, page.items), next_page_token=token)

    async def GetSensor(self, request: pb.GetSensorRequest, _context: Context) -> pb.GetSensorResponse:
        return pb.GetSensorResponse(sensor=mapping.sensor(SENSOR_REGISTRY.get(request.name)))

    async def ListRules(self, request: pb.ListRulesRequest, _context: Context) -> pb.ListRulesResponse:
        who = caller()
        page = page_of(RULE_REGISTRY.items(), _by_name, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListRulesResponse(rules=map(mapping.rule, page.items), next_page_token=token)

    async def GetRule(self, request: pb.GetRuleRequest, _context: Context) -> pb.GetRuleResponse:
        return pb.GetRuleResponse(rule=mapping.rule(RULE_REGISTRY.get(request.name)))


def _by_category(check_type: CheckType) -> tuple[str, ...]:
    return check_type.category, check_type.name


def _by_name(entry: Named) -> tuple[str, ...]:
    return (entry.name,)
