"""What Reflex, Node and the server read from the environment, in one place. What an operator has set stays."""
import os
import sys
from pathlib import Path

_REFLEX = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_USE_GRANIAN": "1",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
    # npm would write the address of its registry into the lock.
    "NPM_CONFIG_OMIT_LOCKFILE_REGISTRY_RESOLVED": "true",
}
_SERVING = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "__REFLEX_SKIP_COMPILE": "true",
}


def for_building() -> dict[str, str]:
    """The environment in which pages are built: Node from the virtual environment comes first on the path."""
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**_REFLEX, **os.environ, "PATH": path}


def for_serving() -> dict[str, str]:
    """The environment in which built pages are served, without compiling them again."""
    return {**for_building(), **_SERVING}
