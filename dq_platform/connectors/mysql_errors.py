"""What MySQL's and MariaDB's error numbers mean; those that are not here say what is wrong with a statement."""

from __future__ import annotations

from dq_platform.errors import SourceProblem

_NUMBERS = {
    # 0: the driver's own, on a closed connection; 2xxx: the client side of the protocol
    SourceProblem.UNREACHABLE: (0, 1042, 1043, 1053, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2005,
                                2006, 2013, 2014, 2026, 2055, 4031),
    SourceProblem.CREDENTIALS: (1045, 1130, 1251, 1524, 1698, 1820, 1862, 2059, 2061),
    SourceProblem.PERMISSION: (1044, 1142, 1143, 1227, 1290, 1345, 1370, 1792),
    SourceProblem.NOT_FOUND: (1049, 1146),
    SourceProblem.TIMEOUT: (1969, 3024),
    SourceProblem.CANCELLED: (1317, 1028),
    SourceProblem.RESOURCE: (1021, 1037, 1038, 1040, 1041, 1114, 1203, 1205, 1213, 1226, 3170),
}  # fmt: skip

PROBLEMS = {number: problem for problem, numbers in _NUMBERS.items() for number in numbers}
