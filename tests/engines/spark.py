"""Spark's own Thrift server: real Spark SQL, in memory, on a free port, gone with everything in it at the end."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from rich.console import Console

from local.child import Command
from local.errors import MissingProgram
from local.ports import LOOPBACK, any_free
from local.supervisor import Service, Supervisor
from tests.engines.environments import python_with
from tests.engines.places import reachable_directory

MAIN = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
REMEDY = "Install it: apt install openjdk-17-jre-headless."

# What Spark's own start script opens of Java.
PACKAGES = (
    *("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"),
    *("java.util.concurrent", "java.util.concurrent.atomic", "jdk.internal.ref", "sun.nio.ch", "sun.nio.cs"),
    *("sun.security.action", "sun.util.calendar"),
)
# Tables of a few rows: starting quickly counts for more than running quickly.
JVM = (
    *("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+IgnoreUnrecognizedVMOptions"),
    *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in PACKAGES),
    "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
    "-Djdk.reflect.useDirectMethodHandle=false",
)
# As a warehouse of Databricks is by default, and otherwise small.
CONF = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    "spark.ui.enabled": "false",
    "spark.default.parallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
HIVE_CONF = {
    "hive.server2.transport.mode": "binary",
    "hive.server2.authentication": "NOSASL",
    "hive.server2.thrift.bind.host": LOOPBACK,
    "hive.server2.long.polling.timeout": "200ms",
}
LOGGING = """
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1}: %m%n
"""


class SparkServer:
    """Usable inside a `with` block; `port` speaks Hive's protocol, without TLS and passwords.

    Where Java is not installed, the test that asked for it is skipped with the package's name; on continuous
    integration (CI=true) nothing may be skipped: MissingProgram is raised.
    """

    def __init__(self) -> None:
        self.port = any_free()
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        java = _java()
        home = next(python_with("spark").parent.parent.glob("lib/python3*/site-packages/pyspark"))
        with ExitStack() as cleanup:
            directory = cleanup.enter_context(reachable_directory())
            supervisor = cleanup.enter_context(Supervisor(Console(quiet=True)))
            supervisor.start([self._service(java, home, directory)])
            self._exit = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _service(self, java: str, home: Path, directory: Path) -> Service:
        (directory / "log4j2.properties").write_text(LOGGING)
        conf = CONF | {"spark.sql.warehouse.dir": str(directory / "warehouse"), "spark.local.dir": str(directory)}
        hive = HIVE_CONF | {"hive.server2.thrift.port": str(self.port)}
        argv = (
            *(java, *JVM, "-cp", f"{directory}:{home}/jars/*", "org.apache.spark.deploy.SparkSubmit"),
            *("--master", "local[2]", "--class", MAIN),
            *(word for name, value in conf.items() for word in ("--conf", f"{name}={value}")),
            *("spark-internal", *(word for name, value in hive.items() for word in ("--hiveconf", f"{name}={value}"))),
        )
        env = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": LOOPBACK}
        command = Command("spark", argv, directory / "spark.log", env, cwd=directory)
        return Service(command, self._answers, deadline=timedelta(minutes=3))

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=1):
            return True
        return False


def _java() -> str:
    path = shutil.which("java")
    if path is None:
        if os.environ.get("CI") == "true":
            raise MissingProgram("java", REMEDY)
        pytest.skip(f"java is not installed. {REMEDY}")
    return path
