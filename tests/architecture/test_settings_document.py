import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from dq_platform.settings import ServerSettings, WorkerSettings
from gateway.settings import Settings as GatewaySettings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def variables(settings: type[BaseModel]) -> set[str]:
    return {str(field.validation_alias) for field in settings.model_fields.values()}


@pytest.mark.parametrize("settings", [ServerSettings, WorkerSettings, GatewaySettings])
def test_every_setting_is_documented(settings: type[BaseModel]) -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENT.read_text(), flags=re.MULTILINE))
    assert variables(settings) - documented == set()


def test_nothing_is_documented_that_no_process_reads() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCUMENT.read_text(), flags=re.MULTILINE))
    read = variables(ServerSettings) | variables(WorkerSettings) | variables(GatewaySettings)
    assert documented - read == {"DQ_URL", "DQ_API_KEY"}
