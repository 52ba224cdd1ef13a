"""Billing: cycles, bills and their lines, what is adjusted, explained and proved. What other folders may ask of it."""
