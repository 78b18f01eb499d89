from __future__ import annotations

from dq_platform.models.metadata import Estimates

KNOWN = Estimates(1000, {"email": 100})


def test_what_was_not_known_is_news() -> None:
    assert Estimates().news(KNOWN) == KNOWN


def test_about_as_much_is_no_news() -> None:
    assert KNOWN.news(Estimates(2000, {"email": 50})) == Estimates()


def test_much_more_or_less_is_news() -> None:
    assert KNOWN.news(Estimates(2001, {"email": 49, "id": 5})) == Estimates(2001, {"email": 49, "id": 5})


def test_what_was_not_found_is_no_news() -> None:
    assert KNOWN.news(Estimates()) == Estimates()
