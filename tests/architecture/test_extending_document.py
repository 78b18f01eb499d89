import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = dict(
    re.findall(r"`(shop_plugin/\w+\.py)`\n\n```python\n(.*?)```", (ROOT / "docs/extending.md").read_text(), re.S)
)
FILES = sorted(
    path.relative_to(ROOT / "tests/plugins").as_posix() for path in ROOT.glob("tests/plugins/shop_plugin/*.py")
)


@pytest.mark.parametrize("file", FILES)
def test_the_document_shows_the_plug_in_that_the_tests_run(file: str) -> None:
    assert SHOWN[file] == (ROOT / "tests/plugins" / file).read_text()
