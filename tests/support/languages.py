"""Words of the other language on a rendered page.

What the practice typed (names, labels of acts, notes) is the same in both languages and is taken away first; what is
left is the program's own speech.
"""

import re
from typing import Any

_FRENCH = re.compile(
    r"\b(le|la|les|des|du|une|et|ou|pour|avec|dans|est|sont|pas|cette|votre|vos|aucun|aucune|sur|aux|été|après|avant|"
    r"jour|semaine|rendez|vous|nom|prénom|soins|fauteuil|enregistrer|annuler|aujourd)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(the|of|and|with|this|that|is|are|was|not|you|your|from|been|what|who|which|has|have|will|name|day|week|"
    r"save|cancel|today|search|new|add|date of|chair|patients? found|show|all|none|since|until)\b",
    re.IGNORECASE,
)

# Every piece of text and every attribute that is read to somebody, on the open page or in what a server said.
TEXTS = """(said) => {
  const page = said ? new DOMParser().parseFromString(said, "text/html") : document;
  const out = [];
  const walk = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!holder || holder.closest('script,style,[translate=no]')) continue;
    const own = page.documentElement.lang.slice(0, 2);
    const marked = holder.closest('[lang]');
    if (marked && marked.lang.slice(0, 2) !== own) continue;
    const text = node.textContent.trim();
    if (text) out.push(text);
  }
  for (const element of page.querySelectorAll('[title],[aria-label],[placeholder],[alt]')) {
    if (element.closest('[translate=no]')) continue;
    const marked = element.closest('[lang]');
    if (marked && marked.lang.slice(0, 2) !== page.documentElement.lang.slice(0, 2)) continue;
    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
      const text = (element.getAttribute(name) || '').trim();
      if (text) out.push(text);
    }
  }
  return out;
}"""

# Asked of the practice itself: all it holds as free text. Choices are the program's words and stay out.
TYPED = """
from django.apps import apps
from django.db import models

def leaves(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, str):
        yield value

found = set()
for model in apps.get_models():
    if not model.__module__.startswith("cuspide.") or model._meta.app_label == "audit":
        continue
    for field in model._meta.concrete_fields:
        if isinstance(field, (models.CharField, models.TextField, models.JSONField)) and not field.choices:
            for value in model.objects.values_list(field.name, flat=True).distinct()[:20000]:
                for text in leaves(value):
                    found.update(line.strip() for line in text.splitlines())
answer = sorted(text for text in found if len(text) >= 2)
"""


class Speech:
    """Takes the practice's own text away from the program's."""

    def __init__(self, typed: list[str]) -> None:
        self._whole = {text.casefold() for text in typed}
        self._long = sorted({text.casefold() for text in typed if len(text) >= 4}, key=len, reverse=True)

    def program_says(self, text: str) -> str:
        """What is left of a rendered text."""
        left = " ".join(text.split()).casefold()
        if left in self._whole:
            return ""
        if _FRENCH.search(left) or _ENGLISH.search(left):
            for typed in self._long:
                if typed in left:
                    left = left.replace(typed, " ")
        return left

    def foreign(self, language: str, texts: list[str]) -> list[str]:
        """The texts of a page in `language` that hold a word of the other one."""
        pattern = _ENGLISH if language == "fr" else _FRENCH
        wrong: list[Any] = [text for text in dict.fromkeys(texts) if pattern.search(self.program_says(text))]
        return wrong
