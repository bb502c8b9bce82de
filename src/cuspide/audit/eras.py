"""Which key chained which entry. A change of the practice's key begins another era: entries of before stay proved by
the key of their time, which the practice keeps sealed, and what comes after is chained under the new one.

Who has an old key cannot rewrite its era: the first link of the next one and the head are under the new key.
"""

import hmac
from bisect import bisect_left
from dataclasses import dataclass

from cuspide.audit import chain
from cuspide.audit.models import Entry, Head
from cuspide.core import keystore
from cuspide.core.keys import retired, uses

LABEL = "audit"


@dataclass(frozen=True)
class TraceKeys:
    """The keys of the chain. `ends[i]` is the last entry of the era of `keys[i]`; the last key has no end."""

    ends: tuple[int, ...]
    keys: tuple[bytes, ...]

    def at(self, sequence: int) -> bytes:
        """The key that chained an entry."""
        return self.keys[bisect_left(self.ends, sequence)]


def trace_keys() -> TraceKeys:
    """Every key of the chain. An era whose key is lost counts for the next one's, and its entries do not fit."""
    ended = sorted((end, one.derive(LABEL)) for one in retired.kept() if (end := ended_at(one)) is not None)
    return TraceKeys(tuple(end for end, _key in ended), (*(key for _end, key in ended), keystore.derive("audit")))


def ended_at(one: retired.Retired) -> int | None:
    """The last entry of a retired key's era; None where the key came before the trace."""
    end = one.notes.get(LABEL)
    return end if isinstance(end, int) else None


def last_of_this_era() -> int:
    """The number behind which another key would go on."""
    head = Head.objects.first()
    last = Entry.objects.filter(sequence__isnull=False).order_by("-sequence").values_list("sequence", flat=True).first()
    return max(head.sequence if head is not None else 0, last or 0)


def prove_head_anew(exchange: uses.Exchange) -> int:
    """The head under the new key. One that was not the sealer's own stays so: a change of key heals nothing."""
    head = Head.objects.first()
    if head is None:
        return 0
    said = head.sequence, bytes(head.chain)
    if not hmac.compare_digest(chain.head_mac(exchange.old(LABEL), *said), bytes(head.mac)):
        return 0
    return Head.objects.update(mac=chain.head_mac(exchange.new(LABEL), *said))
