"""The commands of metering, as they stand at the top of `upay`: each group or command is a module of its own."""
import typer

from upay.metering import keys_cli, quarantine_cli

commands = typer.Typer()
commands.add_typer(keys_cli.app, name="keys")
commands.add_typer(quarantine_cli.app, name="quarantine")
