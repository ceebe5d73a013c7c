"""What is wrong with a table that pydantic refused, in words for the person who wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from sayso.suggestions import nearest


def explain(
    error: ValidationError, model: type[BaseModel], renamed: Mapping[str, str] = {}
) -> list[str]:
    """A line for each problem: the dotted path of the key, then what is wrong with it.

    An unknown key names the new name that `renamed` has for it, or else the nearest keys of its
    table in `model`. Values are not shown, since they may be secrets.
    """
    lines = []
    for problem in error.errors():
        path = problem["loc"]
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            key = str(path[-1])
            message = (
                f"this key is now called {renamed[key]}"
                if key in renamed
                else f"unknown key{nearest(key, _keys_at(model, path[:-1]))}"
            )
        lines.append(f"{'.'.join(map(str, path))}: {message}" if path else message)
    return lines


def _keys_at(model: type[BaseModel], path: Iterable[int | str]) -> Iterable[str]:
    for key in path:
        if isinstance(key, str):  # a number is the index of a table in a list of tables
            model = _model_in(model.model_fields[key].annotation) or model
    return model.model_fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation names, by itself or in a container."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
