"""A browser and its system in the words of the person who sits before it, from what the browser says of itself.

Anybody can say anything there: it helps to recognise one's own screens and proves nothing. Pure.
"""

# In this order: Edge and Opera call themselves Chrome too, Chrome calls itself Safari, an iPad "like Mac OS X".
_BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("Windows", "Windows"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
]


def described(user_agent: str) -> tuple[str, str]:
    """Browser and system; an empty word for what is not recognised."""
    return _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)


def _first(known: list[tuple[str, str]], user_agent: str) -> str:
    return next((word for sign, word in known if sign in user_agent), "")
