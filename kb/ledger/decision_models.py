"""The shape of decisions in seed files: who decided what about ids, claims and sources, when and why."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints

from kb.ledger.strict import Date, EntityId, Strict, Text

Ids = Annotated[list[EntityId], Field(min_length=2)]
Hashes = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}:[0-9a-f]{64}$")]], Field(min_length=1)
]


class Decided(Strict):
    """What every decision says of itself."""

    who: Text = Field(description="Who decided.")
    when: Date = Field(description="Day of the decision; it counts from then on.")
    why: Text = Field(description="For what reason.")


class Identity(Decided):
    """Whether ids mean one entity."""

    same: Ids | None = Field(None, description="Ids that mean one person, organization, project or role.")
    different: Ids | None = Field(None, description="Ids of which no two mean the same.")
    keep: EntityId | None = Field(None, description="Which of the same ids the entity goes by.")


class Retraction(Decided):
    """A claim, or all claims of a source, taken back."""

    claim: Text | None = Field(None, description="Id of a claim, as `kb why` shows it.")
    source: EntityId | None = Field(None, description="Id of a source, all of whose claims are meant.")


class Independence(Decided):
    """Sources of which none has it from another: two that report one fact confirm it."""

    sources: Ids = Field(description="Ids of the sources.")


class Forgotten(Strict):
    """A person who is to be left out, as `kb forget` writes it."""

    hashes: Hashes = Field(description="Salted hashes of the id and the names.")
    when: Date = Field(description="Day on which it was written.")
    spare: Annotated[list[EntityId], Field(min_length=1)] | None = Field(
        None, description="Ids of namesakes who stay."
    )


DECISIONS: Final[Mapping[str, type[BaseModel]]] = {
    "identity": Identity,
    "retractions": Retraction,
    "independent": Independence,
    "forgotten": Forgotten,
}
