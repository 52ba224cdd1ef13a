"""A jobs process with one job of the tests: `serve.py WORK LEASE_SECONDS`. Ends on SIGTERM."""
import signal
import sys
from datetime import timedelta

import works

from jobs.job import Job, every
from jobs.scheduler import Service

if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    second, window = timedelta(seconds=1), timedelta(seconds=20)
    job = Job("job", every(second), getattr(works, sys.argv[1]), catch_up=window, every_slot=True)
    service = Service([job], workers=1, lease_seconds=int(sys.argv[2]), sweep_seconds=1)
    service.start()
    signal.sigwait({signal.SIGTERM})
    service.stop()
