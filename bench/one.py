"""Run one benchmark in this process and print its figures as one line of JSON."""
import importlib
import json
import os
import sys
from pathlib import Path


def main(name: str, scratch: str) -> None:
    """`bench.<name>.run(scratch)` returns its figures."""
    os.environ["UPAY_VAR"] = str(Path(scratch) / "var")
    figures = importlib.import_module(f"bench.{name}").run(Path(scratch))
    print(json.dumps([figure.as_row() for figure in figures], ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
