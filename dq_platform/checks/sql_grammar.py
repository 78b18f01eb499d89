"""Which parts of SQL a user's expression may be made of: what is not listed here is refused."""

from __future__ import annotations

from sqlglot import exp

_STRUCTURE = """
    Column Identifier Literal RawString National Boolean Null Paren Tuple Var DataType DataTypeParam Interval
    And Or Not Xor Neg Add Sub Mul Div IntDiv Mod DPipe
    BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift
    EQ NEQ NullSafeEQ NullSafeNEQ GT GTE LT LTE Between In Is Like ILike SimilarTo RegexpLike RegexpILike Escape Glob
    Case If Coalesce Nullif Greatest Least Cast TryCast AtTimeZone Collate Array Bracket Slice
"""
_FUNCTIONS = """
    Abs Ceil Floor Round Trunc Sqrt Pow Exp Ln Log Sign Degrees Radians
    Lower Upper Initcap Length Trim Substring Left Right Reverse Replace Concat ConcatWs StrPosition Ascii
    StartsWith EndsWith Contains RegexpReplace RegexpExtract RegexpCount Translate Unicode Chr
    SplitPart SubstringIndex Overlay Hex MD5 Monthname Dayname
    Extract Year Quarter Month Week Day Hour Minute Second DayOfWeek DayOfMonth DayOfYear Date Time Timestamp LastDay
    CurrentDate CurrentTimestamp CurrentTime CurrentDatetime Localtimestamp UtcDate UtcTimestamp
    Systimestamp DateAdd DateSub DateDiff DateTrunc TimestampAdd TimestampSub TimestampDiff TimestampTrunc
    Datetime DatetimeAdd DatetimeSub DatetimeDiff DatetimeTrunc AddMonths MonthsBetween ConvertTimezone WeekStart
    TsOrDsAdd TsOrDsDiff TsOrDsToDate TsOrDsToDatetime TsOrDsToTimestamp DateStrToDate TimeStrToTime
    Convert ToNumber ToChar DecodeCase TimeToStr StrToTime StrToDate StrToUnix UnixToStr UnixToTime TimeToUnix
    ParseJSON JSONExtract JSONExtractScalar JSONPath JSONPathKey
    JSONPathRoot JSONPathSubscript JSONValue JSONBExtract JSONBExtractScalar JSONBContainsTopKey
    JSONBContainsAnyTopKeys JSONBContainsAllTopKeys ArrayContains ArrayContainsAll ArrayOverlaps StructExtract
    IsNan IsInf
"""
_AGGREGATES = """
    Sum Avg Min Max Count CountIf Stddev StddevPop StddevSamp Variance VariancePop Median PercentileCont
    PercentileDisc Quantile ApproxDistinct LogicalAnd LogicalOr
    Distinct Star Filter Where WithinGroup Order Ordered
"""
_QUERY = """
    Select From Join Where Group Having Order Ordered Limit Offset Fetch Subquery With CTE TableAlias Table Alias
    Star Distinct Window WindowSpec RowNumber Rank DenseRank Lag Lead FirstValue LastValue Exists Union Except
    Intersect Qualify Any All
"""


def _nodes(*groups: str) -> frozenset[type[exp.Expr]]:
    """The classes of these names."""
    return frozenset(getattr(exp, name) for group in groups for name in group.split())


CONDITION = _nodes(_STRUCTURE, _FUNCTIONS)
AGGREGATE = _nodes(_STRUCTURE, _FUNCTIONS, _AGGREGATES)
QUERY = _nodes(_STRUCTURE, _FUNCTIONS, _AGGREGATES, _QUERY)

_OTHER_FUNCTIONS = """
    bit_length char_length character_length octet_length btrim ltrim rtrim date_part to_number to_date
    to_timestamp make_date isfinite weekday dayname monthname makedate timestampadd sec_to_time time_to_sec
    sysdatetime sysutcdatetime sysdatetimeoffset getutcdate isdate
    trunc truncate mod instr locate position find_in_set strcmp len strip_accents epoch now today curdate curtime age
    unix_timestamp field prefix suffix num_nulls num_nonnulls cardinality
    json_typeof jsonb_typeof json_array_length jsonb_array_length json_type json_length json_valid json_unquote
    json_contains
"""
FUNCTION_NAMES = frozenset(_OTHER_FUNCTIONS.split())
"""Functions that the parser has no class of its own for."""

_TYPE_NAMES = """
    BIGDECIMAL BIGINT BINARY BOOLEAN CHAR DATE DATETIME DATETIME2 DECIMAL DECIMAL128 DECIMAL256 DECIMAL32 DECIMAL64
    DOUBLE FLOAT INT INT128 INT256 INTERVAL JSON JSONB MEDIUMINT NCHAR NVARCHAR SMALLINT TEXT TIME TIMESTAMP
    TIMESTAMPLTZ TIMESTAMPNTZ TIMESTAMPTZ TIMETZ TINYINT UBIGINT UDECIMAL UINT USMALLINT UTINYINT UUID VARCHAR
    YEAR
"""
TYPES = frozenset(getattr(exp.DType, name) for name in _TYPE_NAMES.split())
"""Types to cast to; casts to names of objects would read the engine's own catalogue."""
