"""The page from which a workstation installs the practice's certificate authority. It is the one page that is also
served without TLS: whoever needs it cannot have trust yet, and compares the fingerprint with the one on paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from cuspide.core import keystore
from cuspide.core.rights import PUBLIC, access
from cuspide.core.tls.authority import fingerprint
from cuspide.core.tls.certificates import authority_certificate, authority_file


@require_safe
@access(PUBLIC)
def install(request: HttpRequest) -> HttpResponse:
    """The steps in French."""
    return _page(request, "fr")


@require_safe
@access(PUBLIC)
def install_in_english(request: HttpRequest) -> HttpResponse:
    """The steps in English."""
    return _page(request, "en")


def _page(request: HttpRequest, language: str) -> HttpResponse:
    home = keystore.practice_home()
    found = authority_certificate(home) if home.serves_tls and not home.tls_certificate else None
    mark = "" if found is None else fingerprint(found)
    with translation.override(language):
        context = {"language": language, "marks": [mark[at : at + 24] for at in range(0, len(mark), 24)]}
        return render(request, "core/install_certificate.html", context)


@require_safe
@access(PUBLIC)
def authority(_request: HttpRequest) -> HttpResponse:
    """The authority's certificate, as every system takes it."""
    home = keystore.practice_home()
    if home.tls_certificate or not home.serves_tls or authority_certificate(home) is None:
        raise Http404
    answer = HttpResponse(authority_file(home).read_bytes(), content_type="application/x-x509-ca-cert")
    answer["Content-Disposition"] = 'attachment; filename="cuspide.crt"'
    return answer
