"""`python -m jobs`: run what is due, until told to stop."""
import signal

from jobs.scheduler import Service
from jobs.table import table
from upay.log import set_up
from upay.settings import settings

_ENDINGS = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    """Serve the table of jobs until SIGTERM or Ctrl-C."""
    # Blocked before any thread or worker is born, so that only the wait below sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    set_up("jobs")
    service = Service(table(), settings().job_workers, settings().lease_seconds)
    service.start()
    signal.sigwait(_ENDINGS)
    service.stop()


if __name__ == "__main__":
    main()
