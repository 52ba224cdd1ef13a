"""`upay db`: the database's form."""
import typer
from rich import print

from upay import migrations
from upay.errors import Problem

app = typer.Typer(name="db", help="Bring the database up to date, or say where it stands.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database up to date. Safe to repeat."""
    migrations.upgrade()
    print(migrations.current()[0])


@app.command()
def current() -> None:
    """Print the database's revision and the latest there is."""
    stands, latest = migrations.current()
    print(f"{stands} / {latest}")


@app.command()
def check() -> None:
    """Fail when the database's form differs from the code's."""
    if changes := migrations.drift():
        raise Problem("db.drifted", {"count": len(changes), "first": str(changes[0])})


@app.command()
def revise(message: str) -> None:
    """Write a new migration for what the models have and the database has not (for developers)."""
    migrations.revise(message)
