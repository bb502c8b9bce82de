"""Templates compiled for one language, in which what they say stands as if it had been written so.

A record says two hundred things that never change. To look each of them up at every page cost a tenth of the page.
What depends on a number is looked up when the number is known, and so is a text that a variable holds.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer


class WordedEnvironment(Environment):
    """An environment of the language that `in_language` gave it; of none, it looks up every text at every page."""

    language = ""

    def in_language(self, language: str, **options: Any) -> "WordedEnvironment":
        """The same environment for one language; what it keeps of compiled templates is its own."""
        made = self.overlay(cache_size=-1, **options)
        made.language = language
        return made

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.language:
            with translation.override(self.language):
                _Saying().visit(tree)
            tree.set_environment(self)
        return tree


# What looks texts up in a template, by the name it has there, and by how many texts.
_SAID: dict[str, tuple[Callable[..., str], int]] = {
    "_": (translation.gettext, 1),
    "gettext": (translation.gettext, 1),
    "pgettext": (translation.pgettext, 2),
}


class _Saying(NodeTransformer):
    """Puts the words of the active language in the place of what looks them up."""

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:
        self.generic_visit(node, *args, **kwargs)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        look_up, number = _SAID.get(name, (str, -1))
        texts = [one.value for one in node.args if isinstance(one, nodes.Const)]
        if node.dyn_args or node.dyn_kwargs or not len(texts) == len(node.args) == number:
            return node
        said = look_up(*texts)
        if name == "_":
            return nodes.Const(said, lineno=node.lineno)
        # `{% trans %}`: a pattern, with values or without, and markup.
        if not node.kwargs:
            return nodes.MarkSafe(nodes.Const(said % {}), lineno=node.lineno)
        values = [nodes.Pair(nodes.Const(one.key), one.value, lineno=one.lineno) for one in node.kwargs]
        return nodes.Mod(nodes.MarkSafe(nodes.Const(said)), nodes.Dict(values), lineno=node.lineno)


def words_of(language: str) -> str:
    """What tells one state of a language's words from another."""
    catalog = trans_real.translation(language)._catalog.items()  # type: ignore[attr-defined]  # Django gives no other sight of it
    words = repr(sorted((repr(key), said) for key, said in catalog))
    return hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()
