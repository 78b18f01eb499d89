"""Budgets between the contract and the core, whose fields have the same names."""

from __future__ import annotations

from dataclasses import asdict

from dq.v1 import connection_pb2
from dq_platform.models.cost import Budget


def budget(model: Budget) -> connection_pb2.Budget | None:
    """None for one that limits nothing."""
    return None if model == Budget() else connection_pb2.Budget(**asdict(model))


def budget_to_core(message: connection_pb2.Budget) -> Budget:
    return Budget(**{field.name: value for field, value in message.ListFields()})
