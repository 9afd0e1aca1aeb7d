"""Schemas of answers that take their fields from the domain's views, and are filled in from them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar, get_type_hints

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

M = TypeVar("M", bound=BaseModel)
S = TypeVar("S")
Names = list[Annotated[str, BeforeValidator(str)]]  # of moves
Moves = Annotated[Names, Field(description="The moves that you may try now.")]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text as one of these names: `Annotated[str, OneOf(names)]` is checked and described as a Literal is."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.names))


class AnswerSchema(BaseModel):
    """An answer holds exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class ViewSchema(AnswerSchema):
    """An answer that is filled in from a view; no field is ever left out."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


class PageSchema(AnswerSchema, Generic[S]):
    """One page of a list."""

    items: list[S]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one.")


class Source:
    """The attributes of a view, with `more` beside them or in their place."""

    def __init__(self, view: object, **more: object) -> None:
        self._view, self._more = view, more

    def __getattr__(self, name: str) -> object:
        return self._more[name] if name in self._more else getattr(self._view, name)


def fill(schema: type[BaseModel], view: object, **more: object) -> dict[str, object]:
    """The answer of this schema from the attributes of the view, and `more` that the view does not hold."""
    return schema.model_validate(Source(view, **more)).model_dump(by_alias=True)


def from_view(view: type, without: Collection[str] = ()) -> Callable[[type[M]], type[M]]:
    """Give a schema the fields of this view, its own ones first; `is_late` is called `late`.

    What the view holds for the domain alone is left out: `without` names it.
    """
    hints = get_type_hints(view)

    def derive(own: type[M]) -> type[M]:
        names = [name for name in hints if name not in without and name.removeprefix("is_") not in own.model_fields]
        fields: Any = {name.removeprefix("is_"): (_json_type(hints[name]), path(name)) for name in names}
        return create_model(own.__name__, __base__=own, __doc__=own.__doc__, __module__=own.__module__, **fields)

    return derive


def _json_type(kind: object) -> object:
    return float if kind is Decimal else kind


def path(*attributes: str, **options: Any) -> Any:
    """A field that is read at this path of attributes, from the view on."""
    return Field(validation_alias=AliasPath(*attributes), **options)


def optional_path(*attributes: str, **options: Any) -> Any:
    """The same where the path may end early: the field is None then."""
    return path(*attributes, default_factory=_nothing, **options)


def _nothing() -> None:
    return None
