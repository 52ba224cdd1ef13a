"""Days: reads folded by day and bucket, closed into the lake, rolled up into the database."""
