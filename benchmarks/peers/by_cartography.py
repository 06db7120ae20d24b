"""The rows of people, organizations and spells by cartography's loader. Runs where cartography is installed.

Nodes go through `load`, spells as its links between nodes that are there, through `load_matchlinks`.

Usage: python by_cartography.py FILE, with NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD.
"""

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import neo4j
from cartography.client.core.tx import load, load_matchlinks
from cartography.models.core.common import PropertyRef
from cartography.models.core.nodes import CartographyNodeProperties, CartographyNodeSchema
from cartography.models.core.relationships import (
    CartographyRelProperties,
    CartographyRelSchema,
    LinkDirection,
    SourceNodeMatcher,
    TargetNodeMatcher,
    make_source_node_matcher,
    make_target_node_matcher,
)

UPDATE = {"lastupdated": 1}


@dataclass(frozen=True)
class Named(CartographyNodeProperties):
    id: PropertyRef = PropertyRef("id")
    lastupdated: PropertyRef = PropertyRef("lastupdated", set_in_kwargs=True)
    name: PropertyRef = PropertyRef("name")


@dataclass(frozen=True)
class Person(CartographyNodeSchema):
    label: str = "Person"
    properties: Named = Named()


@dataclass(frozen=True)
class Organization(CartographyNodeSchema):
    label: str = "Organization"
    properties: Named = Named()


@dataclass(frozen=True)
class Spell(CartographyRelProperties):
    lastupdated: PropertyRef = PropertyRef("lastupdated", set_in_kwargs=True)
    _sub_resource_label: PropertyRef = PropertyRef("_sub_resource_label", set_in_kwargs=True)
    _sub_resource_id: PropertyRef = PropertyRef("_sub_resource_id", set_in_kwargs=True)
    id: PropertyRef = PropertyRef("id")
    title: PropertyRef = PropertyRef("title")
    start: PropertyRef = PropertyRef("start")
    end: PropertyRef = PropertyRef("end")


@dataclass(frozen=True)
class EmployedAt(CartographyRelSchema):
    source_node_label: str = "Person"
    source_node_matcher: SourceNodeMatcher = make_source_node_matcher({"id": PropertyRef("person")})
    target_node_label: str = "Organization"
    target_node_matcher: TargetNodeMatcher = make_target_node_matcher({"id": PropertyRef("organization")})
    direction: LinkDirection = LinkDirection.OUTWARD
    rel_label: str = "EMPLOYED_AT"
    properties: Spell = Spell()


def main(file: Path) -> None:
    """Print the seconds that the load took, as JSON."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    auth = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
    with (
        neo4j.GraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth) as driver,
        driver.session() as session,
    ):
        start = time.perf_counter()
        load(session, Person(), rows["people"], **UPDATE)
        load(session, Organization(), rows["organizations"], **UPDATE)
        owner = {"_sub_resource_label": "Organization", "_sub_resource_id": "all"}
        load_matchlinks(session, EmployedAt(), rows["spells"], **owner, **UPDATE)
        print(json.dumps({"wall": time.perf_counter() - start}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
