"""Plans in the contract's words."""

from __future__ import annotations

from dq.v1 import plan_pb2
from dq_platform.app.explain import TablePlan
from dq_platform.execution.budget import Allowance
from dq_platform.execution.statement import Statement, StatementKind
from services.common.enums import EnumPair
from services.common.mapping_budget import budget
from services.common.mapping_table_sample import table_sample

STATEMENT_KINDS = EnumPair(StatementKind, plan_pb2.StatementKind.DESCRIPTOR)


def table_plan(model: TablePlan) -> plan_pb2.TablePlan:
    target, plan = model.check.target, model.plan
    return plan_pb2.TablePlan(
        connection_id=target.connection_id,
        schema_name=target.schema_name,
        table_name=target.table_name,
        statements=[_statement(one, plan.allowance) for one in plan.statements],
        known_check_ids=[answer.check_id for answer in plan.answers],
        failures=[
            plan_pb2.PlanFailure(check_id=check_id, reason=error.reason, message=error.message)
            for check_id, error in plan.failures.items()
        ],
        estimated_row_count=plan.allowance.size.rows,
        estimated_size_bytes=plan.allowance.size.bytes,
        budget=budget(plan.allowance.budget),
    )


def _statement(statement: Statement, allowance: Allowance) -> plan_pb2.PlannedStatement:
    kind = plan_pb2.StatementKind.ValueType(STATEMENT_KINDS.proto(statement.kind))
    return plan_pb2.PlannedStatement(
        kind=kind,
        sql=statement.sql,
        check_ids=statement.check_ids,
        estimated_row_count=allowance.wanted(statement.reads).rows,
        table_sample=table_sample(statement.frame.sample),
    )
