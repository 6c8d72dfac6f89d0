"""Amounts of CPU and memory as Kubernetes writes them, and numbers that may be percentages."""

import re
from decimal import Decimal
from math import ceil, floor

_QUANTITY = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_UNITS = {"m": Decimal("0.001"), "": Decimal(1)}
_UNITS |= {unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)}
_UNITS |= {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)}


def quantity(written: object) -> Decimal:
    """``100m`` is 0.1, ``2Gi`` is 2147483648. Raises ``ValueError`` for what is no quantity."""
    match = _QUANTITY.fullmatch(str(written))
    if match is None:
        raise ValueError(f"not a quantity: {written!r}")
    return Decimal(match[1]) * _UNITS[match[2] or ""]


def millis(written: object) -> int:
    """CPU in thousandths of a core, rounded up."""
    return ceil(quantity(written) * 1000)


def share(written: object, whole: int, *, up: bool) -> int:
    """``maxSurge`` and its like: a number, or a percentage of ``whole``, rounded up or down.

    Raises ``ValueError`` for what is neither.
    """
    if isinstance(written, bool):
        raise ValueError("a number or a percentage is wanted")
    if isinstance(written, int):
        return written
    if not isinstance(written, str) or not re.fullmatch(r"[0-9]+%", written):
        raise ValueError("a number or a percentage is wanted")
    exact = Decimal(whole) * int(written[:-1]) / 100
    return ceil(exact) if up else floor(exact)
