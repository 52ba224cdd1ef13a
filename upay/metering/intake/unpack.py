"""Undo what the wire did to a body, never beyond the size an installation allows: a zip bomb is cut off, not stored."""
import pyarrow as pa

from upay.errors import Problem

_CODECS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
_PIECE = 4 << 20


def unpack(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body without its Content-Encoding. limit: bytes it may have, before and after.

    Raises Problem: `reads.body_too_large`, `reads.unknown_encoding`, `reads.truncated`.
    """
    name = (encoding or "identity").strip().lower()
    if len(body) > limit:
        raise too_large(limit)
    if name in ("identity", ""):
        return body
    if name not in _CODECS:
        raise Problem("reads.unknown_encoding", {"encoding": name[:40]}, 415)
    pieces: list[bytes] = []
    size = 0
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), _CODECS[name]) as stream:
            while piece := stream.read(min(_PIECE, limit + 1 - size)):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise too_large(limit)
    except OSError as error:
        raise Problem("reads.truncated", {"format": name}) from error
    return b"".join(pieces)


def too_large(limit: int) -> Problem:
    """The answer to a body beyond the limit, in whole MiB."""
    return Problem("reads.body_too_large", {"limit": max(1, limit >> 20)}, 413)
