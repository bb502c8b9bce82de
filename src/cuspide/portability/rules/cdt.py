"""What a code of American dentistry (CDT: D and four figures) shows on the chart, by the range it stands in.

The nomenclature itself is the American Dental Association's and is not here: codes keep the labels that the other
program gave them.
"""

import re
from bisect import bisect_right

from cuspide.care.odontogram.state import Kind

_CODE = re.compile(r"D(\d{4})", re.ASCII)
# First and last code of a range. Repairs, cementing anew and impressions stand between them and draw nothing.
_RANGES = (
    (1351, 1353, Kind.SEALANT),
    (2140, 2430, Kind.FILLING),
    (2510, 2664, Kind.FILLING),  # inlays and onlays
    (2710, 2799, Kind.CROWN),
    (2928, 2934, Kind.CROWN),
    (2952, 2954, Kind.INLAY_CORE),
    (2960, 2962, Kind.VENEER),
    (3310, 3330, Kind.ROOT_TREATMENT),
    (3346, 3348, Kind.ROOT_TREATMENT),
    (5110, 5286, Kind.PROSTHESIS),
    (6010, 6050, Kind.IMPLANT),
    (6058, 6067, Kind.CROWN),
    (6205, 6253, Kind.BRIDGE_PONTIC),
    (6545, 6634, Kind.BRIDGE_ABUTMENT),
    (6710, 6795, Kind.BRIDGE_ABUTMENT),
    (7111, 7251, Kind.EXTRACTION),
)
_FIRSTS = [first for first, _last, _kind in _RANGES]


def drawn_by(code: str) -> str:
    """The kind of mark, "" for none: a code of another list, an examination, an X-ray."""
    found = _CODE.fullmatch(code.strip().upper())
    if found is None:
        return ""
    number = int(found[1])
    place = bisect_right(_FIRSTS, number) - 1
    if place < 0 or number > _RANGES[place][1]:
        return ""
    return _RANGES[place][2].value
