"""What can stand in the graph: node and edge types, their properties, and what each of them means.

Declared once, here. Validation, the ledger's tables, constraints, load statements, the editor's JSON
Schema and the reference page are made from it, so a new type is an entry and not a code path.

>>> EDGES["EMPLOYED_AT"].prop("title").meaning
"Job title, in the source's words."
>>> primary("Company")
'Organization'
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kb.errors import OntologyError

Type = Literal["text", "number", "integer", "boolean", "date", "list"]

CERTAINTIES: Final = ("confirmed", "reported", "rumoured")
PHASES: Final = ("planned", "current", "past")
POLARITIES: Final = ("asserts", "denies")
ORGANIZATION_KINDS: Final = ("company", "team", "university", "publisher", "other")
PROJECT_KINDS: Final = ("model", "framework", "language", "product", "device")
ROLE_FAMILIES: Final = ("research", "engineering", "product", "leadership", "other")
SPELL_KINDS: Final = ("job", "internship", "board", "advisor", "academic")
PART_KINDS: Final = ("division", "subsidiary", "acquired", "renamed", "merged")
QUALIFIERS: Final = ("exact", "about", "at_least", "at_most", "over", "almost")
STATISTIC_ROLES: Final = ("subject", "from", "to")
PROVENANCES: Final = ("full", "ids")
DATASET_STATES: Final = ("running", "complete")
DECISION_KINDS: Final = ("same", "different", "retract", "independent", "forget")


@dataclass(frozen=True)
class Prop:
    """One property: its name, its type and one line of meaning.

    `values` lists what is allowed, if not everything. `curated` says that a seed file may state it
    (else it is worked out). `part` names the partial date that the property belongs to, `start` for
    `start_earliest`. A property that is not `compared` keeps the books of a load and makes no change.
    """

    name: str
    meaning: str
    type: Type = "text"
    values: tuple[str, ...] = ()
    required: bool = False
    curated: bool = True
    part: str = ""
    compared: bool = True


def partial_date(name: str, meaning: str) -> tuple[Prop, Prop, Prop]:
    """The three properties of a partial date: the bounds of what the text allows, and the text."""
    return (
        Prop(f"{name}_earliest", f"{meaning} Earliest day that the text allows.", "date", part=name),
        Prop(f"{name}_latest", f"{meaning} Latest day that the text allows.", "date", part=name),
        Prop(f"{name}_text", f"{meaning} EDTF, as curated.", part=name),
    )


NODE_COMMON: Final = (
    Prop("id", "Unique slug; never changes once published.", required=True, curated=False),
    Prop("name", "Name in English or in Latin script.", required=True),
    Prop("name_zh", "Name in Chinese, where a source gives it."),
    Prop("aliases", "Other names that sources use.", "list"),
    Prop("claims", "Ids of the claims that support the node.", "list", curated=False),
    Prop("datasets", "Ids of the datasets that own the node; none: added by hand.", "list", curated=False),
)
EDGE_COMMON: Final = (
    Prop("id", "Subject, predicate, object and a number.", required=True, curated=False),
    Prop("certainty", "How sure the sources are.", values=CERTAINTIES, curated=False),
    Prop("claims", "Ids of the claims that support the edge.", "list", curated=False),
    Prop("datasets", "Ids of the datasets that own the edge; none: added by hand.", "list", curated=False),
    Prop("known_from", "First day by which a claim had been published.", "date", curated=False),
)
PHASE: Final = Prop("phase", "Planned, current or past.", values=PHASES)


@dataclass(frozen=True)
class Node:
    """A node type. `section` is its place in seed files; `kinds` are values of `kind` that add a label."""

    label: str
    meaning: str
    own: tuple[Prop, ...]
    section: str = ""
    kinds: tuple[str, ...] = ()
    props: tuple[Prop, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "props", (*NODE_COMMON, *self.own))

    @property
    def table(self) -> str:
        """Name of the table that holds these nodes in a ledger or a snapshot."""
        return self.label

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of that table, in order."""
        return tuple(prop.name for prop in self.props)

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns in which two snapshots must agree."""
        return tuple(prop.name for prop in self.props if prop.compared)

    def prop(self, name: str) -> Prop:
        """The property of that name. Raises OntologyError if there is none."""
        return _named(self.props, name, self.label)


@dataclass(frozen=True)
class Edge:
    """An edge type. In seed files it is a list `key` under its first node; `target` names its end."""

    label: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    meaning: str
    own: tuple[Prop, ...]
    key: str = ""
    target: str = ""
    curated: bool = True
    props: tuple[Prop, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "props", (*EDGE_COMMON, *self.own))

    @property
    def table(self) -> str:
        """Name of the table that holds these edges in a ledger or a snapshot."""
        return self.label

    @property
    def predicate(self) -> str:
        """The word that stands in ids of facts.

        >>> EDGES["EMPLOYED_AT"].predicate
        'employed_at'
        """
        return self.label.lower()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of that table, in order: labels and ids of the two ends, then the properties."""
        return ("from_label", "from_id", "to_label", "to_id", *(prop.name for prop in self.props))

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns in which two snapshots must agree: all of them."""
        return self.columns

    def prop(self, name: str) -> Prop:
        """The property of that name. Raises OntologyError if there is none."""
        return _named(self.props, name, self.label)


def _named(props: Iterable[Prop], name: str, where: str) -> Prop:
    for prop in props:
        if prop.name == name:
            return prop
    raise OntologyError(f"no property `{name}`", where=where, hint="Run `kb schema` for what there is")


_NODES: Final = (
    Node(
        "Person",
        "A human being whom a source names.",
        (Prop("description", "One line that tells this person from a namesake."),),
        section="people",
    ),
    Node(
        "Organization",
        "A body that people belong to; its kind is a second label.",
        (
            Prop("kind", "What it is.", values=ORGANIZATION_KINDS, required=True),
            *partial_date("founded", "When it was founded."),
            *partial_date("closed", "When it ceased to be."),
            Prop("website", "Address of its own site, http or https."),
        ),
        section="organizations",
        kinds=ORGANIZATION_KINDS,
    ),
    Node(
        "Project",
        "Something that people build: a model, a framework, a language, a product, a device.",
        (Prop("kind", "What it is.", values=PROJECT_KINDS, required=True),),
        section="projects",
    ),
    Node(
        "Role",
        "A normalised job title.",
        (
            Prop("family", "Kind of work.", values=ROLE_FAMILIES, required=True),
            Prop("level", "Rank within the family, in one word."),
        ),
        section="roles",
    ),
    Node(
        "Statistic",
        "A figure that a source reports.",
        (
            Prop("metric", "What is measured, in snake_case.", required=True),
            Prop("value", "The figure.", "number"),
            Prop("lower", "Lower end of a range.", "number"),
            Prop("upper", "Upper end of a range.", "number"),
            Prop("unit", "What it is counted in.", required=True),
            Prop("qualifier", "How the source limits it.", values=QUALIFIERS, required=True),
            *partial_date("period", "The time it speaks of."),
            Prop("certainty", "How sure the sources are.", values=CERTAINTIES, curated=False),
        ),
        section="statistics",
    ),
    Node(
        "Event",
        "Something that happened to organizations or people.",
        (
            Prop("kind", "reorganization, hiring_freeze, agreement, appointment, …", required=True),
            *partial_date("date", "When it happened."),
        ),
        section="events",
    ),
    Node(
        "Source",
        "A document, data set or page.",
        (
            Prop("kind", "What it is, e.g. video transcript.", required=True),
            Prop("language", "Language code, e.g. zh."),
            *partial_date("published", "When it was published."),
            Prop("sha256", "Hash of the document that the locators mean."),
            Prop("url", "Where it can be read."),
            Prop("line_count", "Number of lines of the document.", "integer"),
            Prop("note", "How the date was found, and what else a reader should know."),
        ),
        section="sources",
    ),
    Node(
        "Claim",
        "What one source says about one fact.",
        (
            Prop("fact", "Id of the fact that it supports.", curated=False),
            Prop("predicate", "What it speaks of: person, employed_at, …", curated=False),
            Prop("polarity", "Whether the source says so or denies it.", values=POLARITIES, curated=False),
            Prop("certainty", "How the source says it.", values=CERTAINTIES),
            Prop("locator", "Place in the source, e.g. lines 209-212."),
            Prop("retracted", "Whether it was taken back.", "boolean", curated=False),
            Prop("note", "In the curator's own words."),
            Prop("content", "What is claimed, as JSON; the ledger can be read back from it.", curated=False),
        ),
    ),
    Node(
        "Dataset",
        "A folder of seeds that the graph holds.",
        (
            Prop("title", "What it is about.", required=True),
            Prop("licence", "SPDX identifier.", required=True),
            Prop("note", "What a reader should know."),
            Prop("folder", "Where it was loaded from.", curated=False, compared=False),
            Prop("hash", "Hash of its files.", curated=False),
            Prop(
                "provenance",
                "full: its claims are nodes; ids: facts keep the ids, the folder has the claims.",
                values=PROVENANCES,
                curated=False,
            ),
            Prop("loaded_at", "When it was last changed, ISO 8601 in UTC.", curated=False, compared=False),
            Prop(
                "state",
                "complete; running while a load goes on or if it was cut off.",
                values=DATASET_STATES,
                curated=False,
            ),
            Prop(
                "books",
                "What the next load goes by: hashes of files and of code, numbers and digests, as JSON.",
                curated=False,
                compared=False,
            ),
        ),
    ),
    Node(
        "Decision",
        "What a curator decided about ids, claims or sources; it counts from its day on.",
        (
            Prop("kind", "What was decided.", values=DECISION_KINDS, required=True, curated=False),
            Prop("ids", "Ids of entities that are the same or different, or spared.", "list", curated=False),
            Prop("keep", "The id that same ones go by, if the decision names it.", curated=False),
            Prop("claim", "Id of the claim that is retracted.", curated=False),
            Prop(
                "sources",
                "Ids of sources: all retracted, or independent of each other.",
                "list",
                curated=False,
            ),
            Prop(
                "hashes",
                "Salted hashes of the id and the names of a person to forget.",
                "list",
                curated=False,
            ),
            Prop("who", "Who decided.", curated=False),
            *(replace(prop, curated=False) for prop in partial_date("when", "When it was decided.")),
            Prop("why", "For what reason.", curated=False),
        ),
    ),
)

_CAPACITY: Final = Prop("capacity", "In what capacity, in a few words.")
_SPELL: Final = Prop("spell", "Id of the spell that it belongs to.", curated=False)
_PERIOD: Final = (
    *partial_date("start", "First day."),
    *partial_date("end", "Last day; `..` is still going."),
)
_ENTITIES: Final = ("Person", "Organization", "Project", "Role", "Statistic", "Event")

_EDGES: Final = (
    Edge(
        "EMPLOYED_AT",
        ("Person",),
        ("Organization",),
        "One spell: one person's time at one organization.",
        (
            PHASE,
            Prop("title", "Job title, in the source's words."),
            Prop("kind", "What the spell is.", values=SPELL_KINDS),
            *_PERIOD,
            Prop("ongoing", "Whether it was still going when last heard of.", "boolean", curated=False),
            Prop(
                "last_heard",
                "Last publication that speaks of it: up to then it is known.",
                "date",
                curated=False,
            ),
            Prop("tenure_text", "Stated length: ISO 8601, after about, over or almost."),
            Prop(
                "start_derived",
                "Whether the start was worked out from end and length.",
                "boolean",
                curated=False,
            ),
        ),
        key="jobs",
        target="at",
    ),
    Edge(
        "DEPARTED",
        ("Person",),
        ("Organization",),
        "The event that ends a spell.",
        (
            PHASE,
            _SPELL,
            *partial_date("date", "When the person left."),
            Prop("destination", "Id of the organization that the person went to."),
            Prop("destination_known", "Whether a source says where to.", "boolean", curated=False),
        ),
        key="left",
    ),
    Edge("HELD_ROLE", ("Person",), ("Role",), "A role held during a spell.", (PHASE, _SPELL), key="role"),
    Edge(
        "WORKED_ON",
        ("Person",),
        ("Project",),
        "Work on a project.",
        (_CAPACITY, *_PERIOD),
        key="worked_on",
        target="project",
    ),
    Edge(
        "LEADS",
        ("Person",),
        ("Organization",),
        "At the head of an organization.",
        (PHASE, _CAPACITY, *_PERIOD),
        key="leads",
        target="organization",
    ),
    Edge(
        "MEMBER_OF",
        ("Person",),
        ("Team",),
        "Part of a team.",
        (PHASE, _CAPACITY, *_PERIOD),
        key="member_of",
        target="team",
    ),
    Edge(
        "STUDIED_AT",
        ("Person",),
        ("University",),
        "Studies.",
        (Prop("degree", "Degree, if stated."), Prop("field", "Subject, if stated."), *_PERIOD),
        key="studied_at",
        target="university",
    ),
    Edge(
        "DEVELOPS",
        ("Organization",),
        ("Project",),
        "An organization makes a project.",
        _PERIOD,
        key="develops",
        target="project",
    ),
    Edge(
        "PART_OF",
        ("Organization",),
        ("Organization",),
        "An organization belongs to, or became, another.",
        (Prop("how", "In what way.", values=PART_KINDS, required=True), *_PERIOD),
        key="part_of",
        target="organization",
    ),
    Edge(
        "PARTNER_OF",
        ("Organization",),
        ("Organization",),
        "Two organizations agreed to work together.",
        partial_date("date", "When they agreed."),
        key="partner_of",
        target="organization",
    ),
    Edge(
        "ABOUT",
        ("Statistic", "Claim"),
        _ENTITIES,
        "What a figure or a claim speaks of.",
        (Prop("as", "Part that the organization has in the figure.", values=STATISTIC_ROLES),),
        key="about",
        target="organization",
    ),
    Edge(
        "INVOLVES",
        ("Event",),
        ("Organization", "Person"),
        "Who had a part in an event.",
        (),
        key="involves",
    ),
    Edge("FROM_SOURCE", ("Claim",), ("Source",), "Where a claim stands.", (), curated=False),
    Edge(
        "TALENT_FLOW",
        ("Organization",),
        ("Organization",),
        "Moves from one organization to another; derived at each load, rumoured and planned moves left out.",
        (
            Prop("people", "Number of people who moved.", "integer", curated=False),
            Prop("moves", "Number of moves.", "integer", curated=False),
            Prop("first", "Earliest day of the first dated move.", "date", curated=False),
            Prop("last", "Latest day of the last dated move.", "date", curated=False),
        ),
        curated=False,
    ),
)

NODES: Final = {node.label: node for node in _NODES}
EDGES: Final = {edge.label: edge for edge in _EDGES}
ENTITIES: Final = tuple(NODES[label] for label in _ENTITIES)
SECTIONS: Final = {node.section: node for node in _NODES if node.section}
KIND_LABELS: Final = {kind: kind.capitalize() for kind in ORGANIZATION_KINDS}


def primary(label: str) -> str:
    """The label that a node's id is unique under: `Organization` for `Company`, else the label itself."""
    if label in NODES:
        return label
    if label in KIND_LABELS.values():
        return "Organization"
    raise OntologyError(f"no label `{label}`", hint="Run `kb schema` for what there is")


def types() -> Iterator[Node | Edge]:
    """Every node type, then every edge type, in the order of the contract."""
    yield from _NODES
    yield from _EDGES
