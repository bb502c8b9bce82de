"""How the tokens of one patient answer a search, where all of them are at hand."""

from collections.abc import Mapping, Sequence

from cuspide.patients.rules.names import TOKEN_LENGTH
from cuspide.patients.rules.query import Misreading, Query, Term
from cuspide.patients.rules.tokens import is_word, nearness

STRICTLY, WITHOUT_PARTICLES, MISREAD = range(3)
"""How a search was read, best first."""

Answer = tuple[tuple[int, ...], tuple[str, ...]]
"""The order among answers, the smallest first, and the beginnings that were found; in place of a misread one the token
it stands for."""


def answer(query: Query, tokens: Mapping[str, int]) -> Answer | None:
    """The best reading of a search by which somebody with these tokens (with their `Rank`) is found; None by none."""
    for reading, terms in ((STRICTLY, query.terms), (WITHOUT_PARTICLES, query.essential)):
        found = _whole_words(terms, tokens)
        if found is not None:
            exact, nearest, rank = found
            return (reading, -exact, nearest, rank), beginnings(terms)
    return min((one for each in query.misreadings if (one := _misread(query, each, tokens))), default=None)


def beginnings(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(beginning for term in terms for beginning in term.beginnings)


def _whole_words(terms: Sequence[Term], tokens: Mapping[str, int]) -> tuple[int, int, int] | None:
    """How many terms are whole words, how near these are to what somebody is called, and the same of all terms."""
    exact = nearest = of_all = 0
    for term in terms:
        whole = [tokens[beginning] for beginning in term.beginnings if beginning in tokens]
        if whole:
            exact += 1
            nearest += min(whole)
            of_all += min(whole)
            continue
        begun = tuple(beginning[:TOKEN_LENGTH] for beginning in term.beginnings)
        ranks = [rank for token, rank in tokens.items() if token.startswith(begun)]
        if not ranks:
            return None
        of_all += min(ranks)
    return exact, nearest, of_all


def _misread(query: Query, each: Misreading, tokens: Mapping[str, int]) -> Answer | None:
    others = [term for term in query.essential if term not in each.terms]
    found = _whole_words(others, tokens)
    if found is None:
        return None
    near = (
        (how, rank, token)
        for token, rank in tokens.items()
        if is_word(token) and (how := nearness(each.text, token)) is not None
    )
    best = min(near, default=None)
    if best is None:
        return None
    how, rank, token = best
    exact, nearest, _of_all = found
    return (MISREAD, how, -exact, nearest + rank), (*beginnings(others), token)
