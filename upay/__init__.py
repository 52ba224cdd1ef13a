"""The utility itself: rules, records and files. Knows no Reflex, no HTTP framework, no scheduler."""
