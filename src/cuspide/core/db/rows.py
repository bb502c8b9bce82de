"""What Django makes of the rows of a query, with all that does not depend on the rows done once.

Django asks itself for every query which columns are of which object and how each is converted, and fills each object
field by field with two signals around it: more work than the store's own. Here that is settled when a prepared query
is built, and an object is filled at once. It is the same object: what it holds, what was left to be fetched later,
what was joined.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.query import (
    ModelIterable,
    RelatedPopulator,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

Row = Sequence[Any]
Maker = Callable[[Iterable[Row], Any], list[Any]]


def maker(queryset: Any, compiler: Any) -> Maker:
    """Makes rows, given with their connection, into what `queryset` gives. Its `compiler` has written the query.

    TypeError for what no prepared query gives: other than objects, dictionaries and tuples, or with more fetched after
    them.
    """
    convert = _conversion(compiler)
    known = queryset._known_related_objects or queryset._prefetch_related_lookups
    if queryset._iterable_class is ValuesIterable:
        query = queryset.query
        names = list(query.selected or [*query.extra_select, *query.values_select, *query.annotation_select])
        return lambda found, connection: [dict(zip(names, row, strict=True)) for row in convert(found, connection)]
    if queryset._iterable_class is ValuesListIterable and not queryset.query.extra_select:
        return lambda found, connection: [tuple(row) for row in convert(found, connection)]
    if queryset._iterable_class is not ModelIterable or known or compiler.annotation_col_map:
        raise TypeError("a prepared query gives objects as they are stored, dictionaries or tuples")
    make = _objects(compiler, queryset.db)
    return lambda found, connection: [make(row) for row in convert(found, connection)]


def _conversion(compiler: Any) -> Callable[[Iterable[Row], Any], Iterable[Row]]:
    columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    if compiler.has_composite_fields(columns):
        raise TypeError("a prepared query asks for no composite key")
    steps = [
        (place, converter, column)
        for place, (converters, column) in compiler.get_converters(columns).items()
        for converter in converters
    ]

    def convert(found: Iterable[Row], connection: Any) -> Iterable[Row]:
        for row in found:
            changed = list(row)
            for place, converter, column in steps:
                # Nothing stays nothing: so do all converters of Django's fields, and of ours.
                if (value := changed[place]) is not None:
                    changed[place] = converter(value, column, connection)
            yield changed

    return convert if steps else lambda found, _connection: found


def _objects(compiler: Any, using: str) -> Callable[[Row], Model]:
    info = compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[first:last]]
    return _filled(
        info["model"],
        names,
        itemgetter(slice(first, last)),
        # The stubs are of a later Django.
        [_joined(one) for one in get_related_populators(info, compiler.select, using)],  # type: ignore[call-arg]
        using,
    )


def _joined(populator: RelatedPopulator) -> Callable[[Row, Model], None]:
    values = populator.reorder_for_init or itemgetter(slice(populator.cols_start, populator.cols_end))
    further = [_joined(one) for one in populator.related_populators]
    make = _filled(populator.model_cls, populator.init_list, values, further, populator.db)
    key, near, far = populator.pk_idx, populator.local_setter, populator.remote_setter

    def join(row: Row, origin: Model) -> None:
        if values(row)[key] is None:
            near(origin, None)
            return
        made = make(row)
        near(origin, made)
        far(made, origin)

    return join


def _filled(
    model: type[Model],
    names: list[str],
    values: Callable[[Row], Row],
    joins: list[Callable[[Row, Model], None]],
    using: str,
) -> Callable[[Row], Model]:
    plain = _is_plain(model, names)

    def make(row: Row) -> Model:
        if plain:
            made = model.__new__(model)
            state = ModelState()
            state.db, state.adding = using, False
            made.__dict__.update(zip(names, values(row), strict=True), _state=state)
        else:
            made = model.from_db(using, names, values(row))
        for join in joins:
            join(row, made)
        return made

    return make


def _is_plain(model: type[Model], names: Iterable[str]) -> bool:
    """Whether nobody wants to know of each object that is made, and its values are kept under their names."""
    return (
        model.__init__ is Model.__init__
        and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]  # a class method
        and not pre_init.has_listeners(model)
        and not post_init.has_listeners(model)
        and all(isinstance(getattr(model, name), DeferredAttribute) for name in names)
    )
