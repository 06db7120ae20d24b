"""What the models of seed files share: texts, ids, and mistakes that say what to do."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from kb.dates import bounds
from kb.errors import DateError
from kb.names import is_id, is_slug, slug

LONGEST_TEXT: Final = 2000


class Strict(BaseModel):
    """What the models share: nothing that the ontology does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


def custom(what: str, hint: str = "") -> PydanticCustomError:
    """A mistake in our words, with what to do about it."""
    # The braces of a template would be read as places to fill in.
    return PydanticCustomError("seed", "{what}", {"what": what, "hint": hint})


def _text(text: str) -> str:
    if any(ord(char) < 32 or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000 for char in text):
        raise custom("a control character", "write it on one line of plain text")
    return text


def _slug(text: str) -> str:
    if not is_slug(text):
        raise custom(
            f"`{text}` is no id", f"write `{slug(text) or 'a-slug'}`: lower-case ASCII words joined by -"
        )
    return text


def _id(text: str) -> str:
    if not is_id(text):
        raise custom(f"`{text}` is no id", "write `a-slug`, or `dataset/a-slug` for one that a table makes")
    return text


def _date(text: str) -> str:
    try:
        bounds(text)
    except DateError as error:
        raise custom(error.what, error.hint[:1].lower() + error.hint[1:]) from None
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(_text),
]
_SLUG: Final = "[a-z0-9]+(-[a-z0-9]+)*"
Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema({"type": "string", "pattern": f"^{_SLUG}$"})]
EntityId = Annotated[
    str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^({_SLUG}/)?{_SLUG}$"})
]
Date = Annotated[str, AfterValidator(_date), WithJsonSchema({"type": ["string", "integer", "number"]})]
