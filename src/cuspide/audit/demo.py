"""The demo practice's trace, sealed: `cuspide audit verify` has something to prove from the first minute."""

from cuspide.audit import sealer
from cuspide.core.demo import DemoContext


def build(_context: DemoContext) -> None:
    sealer.seal_all()
