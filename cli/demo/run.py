"""The demonstration: the whole platform at work on the sample shop."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.panel import Panel

from cli.api import Api, Json
from cli.commands.look import incident_table
from cli.demo import shop
from cli.runs import follow, require_success
from cli.show import RESULT_HEADINGS, counts, grid, result_rows
from cli.zones import zones_of
from local.stack import Stack

ORDER = {f"OUTCOME_{name}": place for place, name in enumerate(("FATAL", "ERROR", "WARNING", "EXECUTION_ERROR"))}


def demonstrate(stack: Stack, api: Api, console: Console) -> None:
    """Make data, connect, create checks, run them all and print what they found.

    Raises CliError if anything does not work; checks that fail are what the demonstration is for.
    """
    today = datetime.now(UTC).date()
    with console.status("Making the sample shop: about 200,000 rows over 60 days, with faults planted on purpose …"):
        files = shop.make_data(stack.postgres, stack.sample, today)
    sources = shop.connect(api, stack.postgres, files)
    made = shop.create_checks(api, sources, console)
    schedule = shop.create_schedule(api, sources[0])
    console.print(
        f"Created {len(sources)} connections, {made} checks and a schedule, next at {schedule['next_run_time']}."
    )
    syncs = [api.post(f"/connections/{source.connection['id']}/sync") for source in sources]
    job = follow(api, api.post("/checks/batch/run", {"selector": {}, "window": shop.window(today)})["id"], console)
    require_success(job)
    for sync in syncs:
        require_success(follow(api, sync["id"], console))
    _report(api, job, sources, console)


def _report(api: Api, job: Json, sources: list[shop.Source], console: Console) -> None:
    results = list(api.all("/results", "results", {"filter.job_id": job["id"]}))
    zones = zones_of(api, results)
    for source in sources:
        mine = [r for r in results if r["target"]["connection_id"] == source.connection["id"]]
        mine.sort(key=_place)
        title = f"{source.connection['display_name']} ({source.connection['type']})"
        console.print(grid(RESULT_HEADINGS, result_rows(mine, zones), title=title))
    incidents = list(api.all("/incidents", "incidents", {"statuses": ["INCIDENT_STATUS_OPEN"]}))
    console.print("[bold]Open incidents[/]")
    console.print(incident_table(incidents))
    console.print(counts(job["outcomes"]), "in", job["unit_count"], "tables,", len(incidents), "incidents\n")


def _place(result: Json) -> tuple[str, int, str, str]:
    """Where a result stands among others: by table, the worst first."""
    worst_first = ORDER.get(result["outcome"], len(ORDER))
    return result["target"]["table_name"], worst_first, result["check_type"], result["time_period"]


def next_commands(console: Console, url: str) -> None:
    """Print what to try now."""
    commands = (
        f"[bold]{url}/docs[/]                                     the API, to read and to try",
        "[bold]dq results --failed[/]                                     what is wrong now",
        "[bold]dq summary --by dimension[/]                               scores",
        "[bold]dq check types[/]                                          what can be checked",
        "[bold]dq check add nulls_percent -c shop -t shop.orders --column note --error max_percent=50[/]",
        "[bold]dq check run --table 'shop.*'[/]                           run again; exit code 1 if an error is found",
    )
    console.print(Panel("\n".join(commands), title="Try next", title_align="left", expand=False))
