"""The sample online shop: four tables, 60 days, faults planted on purpose and counted exactly."""

from __future__ import annotations

from local.sample.faults import FAULTS, Fault
from local.sample.load import SCHEMA, load_postgres, write_parquet
from local.sample.shop import Shop, make_shop
from local.sample.table import Table
from local.sample.volume import ROWS

__all__ = ["FAULTS", "ROWS", "SCHEMA", "Fault", "Shop", "Table", "load_postgres", "make_shop", "write_parquet"]
