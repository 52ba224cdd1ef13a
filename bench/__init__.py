"""Benchmarks: each figure beside its limit or a peer that did the same work in the same run."""
