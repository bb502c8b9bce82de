"""The language of a page: the person's, else the one this browser was told, else French."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    """As Django's, but what the browser announces does not count: a workstation set up in English by its maker
    belongs to a French practice all the same. The person's own language is set once she is known (accounts)."""

    def process_request(self, request: HttpRequest) -> None:
        told = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = told if told in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
