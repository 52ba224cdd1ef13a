"""Servers and processes that the tests start for themselves and end again."""
