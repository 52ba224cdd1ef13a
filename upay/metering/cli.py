"""The commands of metering, as they stand at the top of `upay`: each group or command is a module of its own."""
import typer

from upay.metering import events_cli, keys_cli, quarantine_cli, reads_cli
from upay.metering.files import cli as files_cli

commands = typer.Typer()
commands.command("import")(files_cli.import_)
commands.command()(files_cli.export)
commands.add_typer(events_cli.app, name="events")
commands.add_typer(keys_cli.app, name="keys")
commands.add_typer(quarantine_cli.app, name="quarantine")
commands.add_typer(reads_cli.app, name="reads")
