from __future__ import annotations

import pytest

from services.common.text import clip


def test_a_short_text_stays_as_it_is() -> None:
    assert clip("abc", 3) == "abc"


@pytest.mark.parametrize("text", ["abcdefgh" * 10, "äöü" * 30, "日本語" * 30, "😀" * 30])
def test_a_long_text_ends_in_an_ellipsis_within_the_size(text: str) -> None:
    clipped = clip(text, 20)
    assert len(clipped.encode()) <= 20
    assert clipped.endswith("…")
    assert text.startswith(clipped[:-1])
