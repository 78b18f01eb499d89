"""What the numbers of Oracle (ORA-) and of its driver (DPY-) mean; the others say what is wrong with a statement."""

from __future__ import annotations

from dq_platform.errors import SourceProblem

_CODES = {
    SourceProblem.UNREACHABLE: (
        *("ORA-00028", "ORA-01012", "ORA-01033", "ORA-01034", "ORA-01089", "ORA-01090", "ORA-02396", "ORA-02399"),
        *("ORA-03113", "ORA-03114", "ORA-03135", "ORA-12170", "ORA-12528", "ORA-12537", "ORA-12541"),
        *("ORA-12545", "ORA-12547", "ORA-12571", "ORA-12757"),
        *("DPY-1001", "DPY-4011", "DPY-6000", "DPY-6004", "DPY-6005"),
    ),
    SourceProblem.CREDENTIALS: (
        *("ORA-01005", "ORA-01017", "ORA-01040", "ORA-28000", "ORA-28001", "ORA-28009", "ORA-28860", "ORA-29002"),
        *("DPY-2016", "DPY-4001", "DPY-6002", "DPY-6006", "DPY-6008"),
    ),
    SourceProblem.PERMISSION: ("ORA-01031", "ORA-01045", "ORA-01456", "ORA-16000", "ORA-41900"),
    SourceProblem.NOT_FOUND: (
        *("ORA-00942", "ORA-01435", "ORA-02289", "ORA-04043", "ORA-12154", "ORA-12505", "ORA-12514"),
        *("DPY-4000", "DPY-4026", "DPY-4027", "DPY-6001", "DPY-6003"),
    ),
    SourceProblem.TIMEOUT: ("DPY-4024", "ORA-00040", "ORA-56735"),
    SourceProblem.CANCELLED: ("ORA-01013",),
    SourceProblem.RESOURCE: (
        *("ORA-00018", "ORA-00020", "ORA-00054", "ORA-00060", "ORA-01555", "ORA-01652", "ORA-02391", "ORA-04030"),
        *("ORA-04031", "ORA-04036", "ORA-12516", "ORA-12519", "ORA-12520", "ORA-30036"),
    ),
}

PROBLEMS = {code: problem for problem, codes in _CODES.items() for code in codes}
