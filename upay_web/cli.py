"""`upay web`: building and serving the pages."""
from typing import Annotated

import typer

from upay.settings import settings
from upay.text import say
from upay_web import build as pages
from upay_web import serve as server

app = typer.Typer(help="Build the pages and serve them.", no_args_is_help=True)


@app.command()
def build(force: Annotated[bool, typer.Option("--force", help="Build even when nothing has changed.")] = False) -> None:
    """Build the pages, if anything they are made of has changed."""
    if force or not pages.is_built():
        typer.echo(say("serve.building", settings().language))
        pages.build((settings().var / "log" / "build.log").absolute())


@app.command()
def serve(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "0.0.0.0",  # noqa: S104
    port: Annotated[int, typer.Option(envvar="PORT", help="The port to listen on.")] = 3000,
    workers: Annotated[int, typer.Option(envvar="WORKERS", min=1, help="More than one needs Redis.")] = 1,
) -> None:
    """Serve the built pages and the HTTP doors on one port."""
    server.serve(host, port, workers)
