from __future__ import annotations

import pytest

from dq_platform.app.etag import etag_of, require_etag
from dq_platform.errors import EtagMismatch


def test_an_etag_is_the_version_in_quotes() -> None:
    assert etag_of(7) == '"7"'


@pytest.mark.parametrize("etag", ["", '"7"'])
def test_no_etag_and_the_right_one_pass(etag: str) -> None:
    assert require_etag("check", "c-1", 7, etag) is None


@pytest.mark.parametrize("etag", ['"6"', "7", "*", 'W/"7"'])
def test_any_other_etag_is_refused(etag: str) -> None:
    with pytest.raises(EtagMismatch):
        require_etag("check", "c-1", 7, etag)
