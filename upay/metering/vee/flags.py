"""What a check may say of a block or a day: one bit each, kept in the lake's `rule` and `flags`."""
from enum import IntFlag


class Flag(IntFlag):
    """Bits up to 2^14 fit a block's rule (Int16) and a day's flags; higher ones are of the day alone."""

    CONFLICT = 1 << 0  # the block came again with other values; the first was kept
    CLOCK = 1 << 1  # blocks do not start on the quarter hour: the meter's clock drifts
    REGISTER_FALLS = 1 << 2
    OVER_LOAD = 1 << 3  # above the sanctioned load by more than is usual
    OVER_FUSE = 1 << 4  # more than the supply can carry: replaced by an estimate
    SPIKE = 1 << 5
    SUM = 1 << 6  # blocks and register differ
    ZERO = 1 << 7  # nothing used with the voltage present, and use before
    STUCK = 1 << 8  # the same value many times in a row
    KVAH = 1 << 9  # apparent energy below active energy
    EXPORT = 1 << 10  # export without a solar plant
    VOLTAGE = 1 << 11  # outside the statutory band
    ZERO_INSPECT = 1 << 15  # ZERO for a week: somebody should look
