"""When work runs: one table of jobs, one scheduler at a time, and worker processes that do what it says."""
