from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sayso.validation import explain


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Inner(Table):
    size: int = Field(default=1, gt=0)


class Outer(Table):
    name: str = ""
    inner: Inner | None = None
    several: tuple[Inner, ...] = ()

    @field_validator("name")
    @classmethod
    def _is_short(cls, name: str) -> str:
        if len(name) > 3:
            raise ValueError("expected at most 3 characters")
        return name


def problems(table: dict[str, Any], **renamed: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(table)
    return explain(caught.value, Outer, renamed)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({"nam": "a"}, "nam: unknown key; did you mean name?"),
        ({"inner": {"siz": 1}}, "inner.siz: unknown key; did you mean size?"),
        ({"several": [{}, {"zzz": 1}]}, "several.1.zzz: unknown key; known are size"),
        ({"inner": {"size": 0}}, "inner.size: Input should be greater than 0"),
        ({"name": "secret"}, "name: expected at most 3 characters"),
    ],
)
def test_a_problem_has_its_path_and_no_value(table: dict[str, Any], line: str) -> None:
    assert problems(table) == [line]


def test_a_renamed_key_has_its_new_name() -> None:
    assert problems({"inner": {"extent": 1}}, extent="size") == [
        "inner.extent: this key is now called size"
    ]


def test_all_problems_are_listed() -> None:
    assert len(problems({"nam": "a", "inner": {"size": "x", "siz": 1}})) == 3
