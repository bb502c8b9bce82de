"""The one exception of the formats: what is wrong, and where.

A room turns `code` into a sentence in the user's language; the English sentence is for logs and
for developers. Neither holds the value that was read: it may be a NIR or a name.
"""

from collections.abc import Mapping


class FormatError(ValueError):
    """An input that does not follow its format.

    code: dotted name, stable, such as `nir.key`.
    position: place of the fault in a single typed value, from 1.
    line, column, field: place of the fault in a file, from 1; `field` is the column's name.
    params: what a translated sentence needs (`{"expected": "93"}`); never the value itself.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        position: int | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str = "",
        params: Mapping[str, str | int] | None = None,
    ) -> None:
        self.code = code
        self.sentence = sentence
        self.position = position
        self.line = line
        self.column = column
        self.field = field
        self.params: dict[str, str | int] = dict(params or {})
        super().__init__(self._described())

    def _described(self) -> str:
        place = [
            f"{name} {value}"
            for name, value in (
                ("line", self.line),
                ("column", self.column),
                ("field", self.field or None),
                ("position", self.position),
            )
            if value is not None
        ]
        return f"{self.sentence} ({', '.join(place)})" if place else self.sentence
