"""`python -m bench [NAME …]`: the benchmarks one after another, each in a process of its own, and their table."""
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
# In the order in which they run; nothing else should run meanwhile.
BENCHMARKS = (
    "intake_http",
    "close_day",
    "usage_query",
    "fleet_month",
    "home_event",
    "live_page",
    "page_weight",
    "fleet_making",
    "pricing",
    "bill_print",
    "ledger_check",
    "billing_cycle",
)


def main(names: list[str]) -> int:
    """Run the named benchmarks (all by default); figures of others are kept from the last run. 1 if any misses."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as scratch:
            done = subprocess.run(
                [sys.executable, "-m", "bench.one", name, scratch], capture_output=True, text=True, check=False
            )
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            return done.returncode
        kept[name] = json.loads(done.stdout.splitlines()[-1])
        RESULTS.write_text(json.dumps({"machine": platform.platform(), **kept}, indent=1, ensure_ascii=False) + "\n")
        _show({name: kept[name]})
    return 0 if all(row["met"] for rows in kept.values() if isinstance(rows, list) for row in rows) else 1


def _show(results: dict[str, list[dict]]) -> None:
    table = Table("benchmark", "figure", "measured", "limit", "peer", "peer measured", "ratio", "ratio limit", "")
    for name, rows in results.items():
        for row in rows:
            sign = "≥" if row["at_least"] else "≤"
            table.add_row(
                name,
                row["name"],
                f"{row['value']:,.4g} {row['unit']}",
                f"{sign} {row['limit']:,.4g}" if row["limit"] is not None else "",
                row["peer"],
                f"{row['peer_value']:,.4g}" if row["peer_value"] is not None else "",
                f"{row['ratio']:.2f}" if row["ratio"] is not None else "",
                f"{sign} {row['peer_limit']:,.4g}" if row["peer_limit"] is not None else "",
                "met" if row["met"] else "MISSED",
            )
    Console(width=200).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
