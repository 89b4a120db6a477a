"""Filters and ids of the REST API in the form that the engine takes."""

import uuid

import qdrant_edge as engine
from qdrant_client.http import models

#: The engine's conditions on a field, by the client library's.
MATCHES = {
    models.MatchValue: lambda match: engine.MatchValue(match.value),
    models.MatchText: lambda match: engine.MatchText(match.text),
    models.MatchAny: lambda match: engine.MatchAny(match.any),
    models.MatchExcept: lambda match: engine.MatchExcept(match.except_),
}


class Refused(Exception):
    """An answer that is an error: its status and text."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


def given_id(point: int | str) -> int | uuid.UUID:
    if isinstance(point, int):
        return point
    try:
        return uuid.UUID(point)
    except ValueError:
        raise Refused(400, f"Wrong input: Unable to parse UUID: {point}") from None


def shown_id(point):
    return point if point is None or isinstance(point, int) else str(point)


def filter_of(given: models.Filter | None):
    if given is None:
        return None
    if given.min_should is not None:
        raise unknown("min_should")
    parts = {part: conditions(getattr(given, part)) for part in ("must", "should", "must_not")}
    return engine.Filter(**parts)


def conditions(given) -> list | None:
    if given is None:
        return None
    return [condition(one) for one in (given if isinstance(given, list) else [given])]


def condition(given):
    if isinstance(given, models.Filter):
        return filter_of(given)
    if isinstance(given, models.HasIdCondition):
        return engine.HasIdCondition({given_id(point) for point in given.has_id})
    if isinstance(given, models.IsEmptyCondition):
        return engine.IsEmptyCondition(given.is_empty.key)
    if isinstance(given, models.IsNullCondition):
        return engine.IsNullCondition(given.is_null.key)
    if isinstance(given, models.FieldCondition):
        return field_condition(given)
    raise unknown(type(given).__name__)


def field_condition(given: models.FieldCondition):
    asked = {name for name, value in given if value is not None} - {"key", "match", "range"}
    if asked or (given.match is not None and type(given.match) not in MATCHES):
        raise unknown(", ".join(sorted(asked)) or type(given.match).__name__)
    match = None if given.match is None else MATCHES[type(given.match)](given.match)
    return engine.FieldCondition(given.key, match=match, range=range_of(given.range))


def range_of(given):
    if given is None:
        return None
    if not isinstance(given, models.Range):
        raise unknown(type(given).__name__)
    return engine.RangeFloat(gte=given.gte, gt=given.gt, lte=given.lte, lt=given.lt)


def unknown(condition: str) -> Refused:
    return Refused(400, f"Wrong input: the stand-in of Qdrant knows no condition {condition}")
