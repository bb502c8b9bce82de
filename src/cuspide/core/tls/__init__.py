"""TLS of the practice's own: an authority that its workstations install once, and a certificate that renews itself.

serving = tls.for_serving(home)      None: plain HTTP (the demo on localhost, or a proxy before it)
"""

from cuspide.core.tls.certificates import Serving, TlsError, authority, authority_mark, for_serving

__all__ = ["Serving", "TlsError", "authority", "authority_mark", "for_serving"]
