"""Records of background work: runs, leases, counters. `jobs/` decides when; this is what the database remembers of it."""
