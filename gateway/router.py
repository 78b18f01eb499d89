"""Finds the most specific route for a request path: literal before `*` before `**`, then the longer template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor import ServiceDescriptor

from gateway.plans import Plans
from gateway.routes import Route, compile_routes
from gateway.template import Wild, decode_part


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    one: _Node | None = None
    many: _Node | None = None
    leaves: dict[str, Route] = field(default_factory=dict)

    def grow(self, wild: Wild, text: str) -> _Node:
        if wild is Wild.LITERAL:
            return self.literals.setdefault(text, _Node())
        if wild is Wild.ONE:
            self.one = self.one or _Node()
            return self.one
        self.many = self.many or _Node()
        return self.many


@dataclass(frozen=True, slots=True)
class Match:
    """A route and the raw path segments it matched, its verb taken off."""

    route: Route
    parts: Sequence[str]


class ContractError(Exception):
    """The contract cannot be served; the message lists every reason."""


def build_router(services: Sequence[ServiceDescriptor], plans: Plans) -> Router:
    """The router of all methods of the services; raises ContractError with every fault at once."""
    routes, faults = compile_routes(services, plans)
    router = Router(routes)
    faults += router.clashes
    if faults:
        raise ContractError("the contract cannot be served:\n  " + "\n  ".join(faults))
    return router


class Router:
    """All routes, compiled once; `clashes` names those of equal specificity."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        self._roots: dict[str, _Node] = {}
        self._verbs: set[str] = set()
        self.clashes: list[str] = []
        for route in routes:
            self._add(route)

    def match(self, http_method: str, path: str) -> Match | None:
        """The most specific route of this HTTP method for a raw path; raises EncodingError."""
        root = self._roots.get(http_method)
        if root is None:
            return None
        parts = path[1:].split("/") if path != "/" else []
        for candidate, verb in self._readings(parts):
            route = _find(root, [decode_part(part) for part in candidate], 0, verb)
            if route is not None:
                return Match(route, candidate)
        return None

    def allowed(self, path: str) -> list[str]:
        """The HTTP methods that some route takes on this path."""
        return sorted(method for method in self._roots if self.match(method, path))

    def _add(self, route: Route) -> None:
        node = self._roots.setdefault(route.http_method, _Node())
        for segment in route.template.segments:
            node = node.grow(segment.wild, segment.text)
        verb = route.template.verb
        other = node.leaves.setdefault(verb, route)
        if other is not route:
            self.clashes.append(
                f"{route.rpc.name}: {route.http_method} {route.template.text} is as specific as "
                f"{other.template.text} of {other.rpc.name}"
            )
        if verb:
            self._verbs.add(verb)

    def _readings(self, parts: list[str]) -> Iterator[tuple[list[str], str]]:
        """The path with each declared verb taken off, longest first, then as it stands: a colon may be data."""
        last = parts[-1] if parts else ""
        if ":" in last and self._verbs:
            pieces = last.split(":")
            for count in range(1, len(pieces)):
                verb = ":".join(pieces[count:])
                if verb in self._verbs:
                    yield [*parts[:-1], ":".join(pieces[:count])], verb
        yield parts, ""


def _find(node: _Node, parts: list[str], index: int, verb: str) -> Route | None:
    found: Route | None = None
    if index == len(parts):
        found = node.leaves.get(verb)
    else:
        child = node.literals.get(parts[index])
        if child is not None:
            found = _find(child, parts, index + 1, verb)
        if found is None and node.one is not None and parts[index]:
            found = _find(node.one, parts, index + 1, verb)
    if found is None and node.many is not None:
        found = _find_many(node.many, parts, index, verb)
    return found


def _find_many(node: _Node, parts: list[str], index: int, verb: str) -> Route | None:
    for end in range(index, len(parts) + 1):
        found = _find(node, parts, end, verb)
        if found is not None:
            return found
    return None
