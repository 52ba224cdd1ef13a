"""What a check may say of a block or a day: one bit each, kept in the lake's `rule` and `flags`."""

from enum import IntFlag


class Flag(IntFlag):
    """Bits up to 2^14 fit a block's rule (Int16) and a day's flags; higher ones are of the day alone."""

    DUPLICATE = 1 << 0  # the block came again, with the same values
    CONFLICT = 1 << 1  # the block came again with other values; the first was kept
    CLOCK = 1 << 2  # blocks do not start on the quarter hour: the meter's clock drifts
    REGISTER_FALLS = 1 << 3
    OVER_LOAD = 1 << 4  # above the sanctioned load by more than is usual
    OVER_FUSE = 1 << 5  # more than the supply can carry: replaced by an estimate
    SPIKE = 1 << 6
    SUM = 1 << 7  # blocks and register differ
    ZERO = 1 << 8  # nothing used with the voltage present, and use before
    STUCK = 1 << 9  # the same value many times in a row
    KVAH = 1 << 10  # apparent energy below active energy
    EXPORT = 1 << 11  # export without a solar plant
    VOLTAGE = 1 << 12  # outside the statutory band
    ZERO_INSPECT = 1 << 15  # ZERO for a week: somebody should look
