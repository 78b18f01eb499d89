from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.ids import new_id
from dq_platform.plugins import PluginError, load_plugins
from dq_platform.settings import SettingsError

HEAD = """
from dq_platform.checks.catalog.declare import COLUMN, TABLE, Dimension, category, check
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.drift import Drift
from dq_platform.checks.level import Level
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, parse_sensor
from dq_platform.connectors.base import BaseConnector
from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.connectors.factory import ConnectorFactory

add_check, add_rule, add_sensor = CHECK_REGISTRY.register, RULE_REGISTRY.register, SENSOR_REGISTRY.register
connect = ConnectorFactory.register_connector

def declared(**changed):
    facts = {"level": TABLE, "sensor": "row_count", "rule": "min_count", "dimension": Dimension.VALIDITY}
    return category("mine", check("my_check", **facts | changed))[0]

def uncategorized():
    return check("a", level=TABLE, sensor="row_count", rule="min_count", dimension=Dimension.VALIDITY)

def sensor(text, name="my_sensor"):
    return parse_sensor(name, Level.TABLE, text)
"""

Write = Callable[[str], str]


@pytest.fixture(autouse=True)
def only_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in (CHECK_REGISTRY, RULE_REGISTRY, SENSOR_REGISTRY, ConnectorFactory):
        monkeypatch.setattr(registry, "_registered", {})


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Makes a module of a text; returns the module's name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text: str) -> str:
        name = f"plugin_{new_id().replace('-', '')}"
        (tmp_path / f"{name}.py").write_text(f"{HEAD}\n{text}\n")
        return name

    return write


def install(site: Path, module: str) -> None:
    """What pip leaves behind of a package that has the entry point `shop`."""
    info = site / "shop_checks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-checks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[dq_platform.plugins]\nshop = {module}\n")


def test_a_module_registers_when_it_is_imported_and_a_function_when_it_is_called(write: Write) -> None:
    one = write("add_check(declared())")
    two = write("def register(): connect('mydb', DuckDBConnector)")
    assert load_plugins((one, f"{two}:register")) == [one, f"{two}:register"]
    assert CHECK_REGISTRY.get("my_check").description.endswith("Fails when the count is below `min_count`.")
    assert "mydb" in ConnectorFactory.types()


def test_an_installed_package_is_found_and_not_loaded_twice_if_it_is_named_too(write: Write, tmp_path: Path) -> None:
    module = write("def register(): add_check(declared())")
    install(tmp_path, f"{module}:register")
    assert load_plugins((f"{module}:register",)) == [f"{module}:register"]
    assert CHECK_REGISTRY.find("my_check")


def test_a_broken_installed_package_is_named_with_its_entry_point(write: Write, tmp_path: Path) -> None:
    install(tmp_path, write("1 / 0"))
    with pytest.raises(PluginError, match=r"\(the entry point 'shop' of shop-checks\).*: ZeroDivisionError: division"):
        load_plugins(())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import not_there_at_all", "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("def f(:", "SyntaxError: invalid syntax"),
        ("add_check(declared(rule='min_cuont'))", "there is no rule 'min_cuont'; did you mean 'min_count'"),
        ("add_check(declared(sensor='mine'))", "the check type 'my_check': there is no sensor 'mine'"),
        ("add_check(declared(level=COLUMN))", "the sensor 'row_count' measures a table, not a column"),
        ("add_check(declared(drift=Drift.NAMES))", "the sensor 'row_count' reads rows, which have no baseline"),
        ("add_check(declared(fixed={'a': 1}))", "the sensor 'row_count' has no parameter 'a' to fix"),
        ("add_check(declared(defaults={'error': {'max': 1}}))", "there is no parameter 'max' here"),
        ("add_check(declared(rules_by_mode={'partitioned': 'x'}))", "there is no rule 'x'"),
        ("c = declared(); add_check(c); add_check(c)", "'my_check' exists already"),
        ("add_check(uncategorized())", "it has no category"),
        ("add_check(dict(name='x'))", "a check type must be a CheckType, not {'name': 'x'}"),
        ("add_rule(lambda value, params: None)", "a rule must be a RuleType, not <function"),
        ("add_sensor(sensor('no header'))", "sensor 'my_sensor': the file must begin with a comment"),
        ("add_sensor(sensor('{# description = \"\" #}{{ scan( }}'))", "sensor 'my_sensor', line 1: unexpected"),
        ("add_sensor(sensor('{# description = \"\" #}', 'row_count'))", "the sensor 'row_count' exists already"),
        ("add_sensor(sensor('{# description = \"\" #}', 'My Own'))", "small letters, digits and underscores"),
        ("connect('duckdb', DuckDBConnector)", "the connection type 'duckdb' exists already"),
        ("connect('x', int)", "<class 'int'> is no subclass of BaseConnector"),
        (
            "class Half(BaseConnector):\n  def close(self): ...\nconnect('x', Half)",
            "Half lacks cancel, connect, execute,",
        ),
    ],
)
def test_a_broken_plug_in_is_one_message_that_names_it_and_its_fault(write: Write, text: str, fault: str) -> None:
    name = write(text)
    with pytest.raises(PluginError) as caught:
        load_plugins((name,))
    assert isinstance(caught.value, SettingsError)
    told = str(caught.value)
    assert told.startswith(f"The plug-in '{name}' (named in DQ_PLUGINS) cannot be used: ")
    assert fault in told


@pytest.mark.parametrize("reference", ["not a module", "os;", "os:", ":main", "os.path:no_such_name"])
def test_what_names_no_plug_in_is_refused(reference: str) -> None:
    with pytest.raises(PluginError, match="cannot be used"):
        load_plugins((reference,))
