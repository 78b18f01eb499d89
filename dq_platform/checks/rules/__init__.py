"""Rules. A plug-in's plain rule imports `RuleResult` and `plain_rule` from here."""

from dq_platform.checks.rules.plain import RuleResult, plain_rule

__all__ = ["RuleResult", "plain_rule"]
