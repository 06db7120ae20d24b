"""Measures against networkx and definitions, hand-worked graphs, and what is said of too few people."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import minimize

from kb.analysis import centrality, colleague_graph, communities, flow_graph, measures
from kb.analysis.communities import adjusted_rand, leiden, modularity
from kb.analysis.extras import extra
from kb.analysis.graphs import Edges
from kb.analysis.measures import measured, to_networkx
from kb.analysis.springrank import spring_ranks, springrank
from kb.errors import KbError, MissingExtra, NotEnoughData
from tests.folders import person, world


def random_edges(kind, nodes=120, number=700, seed=1):
    """A graph with a few large hubs, some nodes that are only left, and some that are only reached."""
    draw = np.random.default_rng(seed)
    ends = (draw.random((number, 2)) ** 2 * nodes).astype(int)
    pairs = {(min(a, b), max(a, b)) if kind == "colleagues" else (a, b) for a, b in ends.tolist() if a != b}
    used = sorted({end for pair in pairs for end in pair})
    place = {end: number for number, end in enumerate(used)}
    rows = sorted((place[a], place[b]) for a, b in pairs)
    weights = draw.integers(1, 9, len(rows))
    ids = tuple(f"o{number:03}" for number in range(len(used)))
    tails, heads = (np.array(column) for column in zip(*rows, strict=True))
    return Edges(kind, ids, tails, heads, weights.astype(float), weights)


@pytest.fixture(params=["flows", "colleagues"])
def edges(request):
    return random_edges(request.param)


def by_networkx(edges, measure):
    graph = to_networkx(edges)
    n = len(graph)
    if measure == "pagerank":
        return nx.pagerank(graph, tol=1e-10 / n, max_iter=1_000)
    if measure == "betweenness":
        return nx.betweenness_centrality(graph)
    if measure == "harmonic":
        return {node: total / (n - 1) for node, total in nx.harmonic_centrality(graph).items()}
    if measure == "core":
        return nx.core_number(graph.to_undirected())
    return nx.constraint(graph, weight="weight")


NETWORKX = ["pagerank", "betweenness", "harmonic", "core", "constraint"]


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("measure", NETWORKX)
def test_a_measure_is_that_of_networkx_whichever_way_it_is_worked_out(edges, measure, small, monkeypatch):
    monkeypatch.setattr(measures, "SMALL", 10_000 if small else 0)
    found = measured(edges, measure)
    assert found.value == pytest.approx(list(by_networkx(edges, measure).values()), abs=1e-9)
    assert found.method == "exact"


@pytest.mark.parametrize("measure", ["betweenness", "harmonic"])
def test_a_sampled_measure_lies_within_its_band(edges, measure, monkeypatch):
    monkeypatch.setattr(measures, "SMALL", 0)
    exact = np.array(measured(edges, measure).value)
    monkeypatch.setattr(measures, "EXACT", 0)
    found = measured(edges, measure)
    assert found.method.startswith(f"sampled from 2,000 of {len(edges.ids)} nodes, error at most 0.0")
    assert (np.array(found.low) <= exact).all()
    assert (exact <= np.array(found.high)).all()
    assert np.abs(np.array(found.value) - exact).max() < 0.03


def test_all_pivots_together_are_brandes_algorithm(edges):
    step = measures.matrix(edges, weighted=False)
    through = measures.dependencies(step, np.arange(len(edges.ids))).sum(axis=1) / (len(edges.ids) - 1)
    expected = nx.betweenness_centrality(to_networkx(edges))
    assert through == pytest.approx(np.array(list(expected.values())), abs=1e-12)


def energy(ranks, edges):
    lengths = ranks[edges.heads] - ranks[edges.tails] - 1
    return 0.5 * (edges.counts * lengths**2).sum() + 0.5 * (ranks**2).sum()


def test_springrank_makes_the_energy_of_its_definition_least():
    edges = random_edges("flows", nodes=25, number=60)
    found = springrank(edges)
    least = minimize(energy, np.zeros(len(edges.ids)), args=(edges,), method="BFGS", options={"gtol": 1e-9})
    assert np.array(found.value) == pytest.approx(least.x, abs=1e-6)
    assert sum(found.value) == pytest.approx(0, abs=1e-8)
    assert all(low <= high for low, high in zip(found.low, found.high, strict=True))


def test_one_move_puts_the_arrival_two_thirds_of_a_step_higher():
    """By hand: least for (2s - 1)²/2 + s² is s = 1/3."""
    ranks = spring_ranks(np.array([0]), np.array([1]), np.array([1.0]), 2)
    assert ranks == pytest.approx([-1 / 3, 1 / 3])


def test_springrank_finds_the_order_in_which_moves_lead_upwards():
    tails, heads = (np.array(column) for column in zip((0, 1), (1, 2), (2, 3), (3, 2), strict=True))
    counts = np.array([60, 60, 60, 5])
    edges = Edges("flows", tuple("abcd"), tails, heads, counts.astype(float), counts)
    found = springrank(edges)
    assert np.argsort(found.value).tolist() == [0, 1, 2, 3]
    assert all(
        low <= value <= high for low, value, high in zip(found.low, found.value, found.high, strict=True)
    )


def test_springrank_refuses_under_a_hundred_moves():
    edges = random_edges("flows", nodes=10, number=20)
    few = replace(edges, counts=np.ones(len(edges.tails), dtype=int))
    with pytest.raises(NotEnoughData, match="SpringRank needs 100 moves, and there are"):
        springrank(few)


def test_communities_are_as_good_as_networkx_finds_them_and_their_modularity_is_its():
    graph = nx.karate_club_graph()
    both = nx.to_scipy_sparse_array(graph, weight="weight", dtype=float, format="csr")
    groups = leiden(both, resolution=1, seed=0)
    named = [{node for node in graph if groups[node] == group} for group in set(groups.tolist())]
    mine = modularity(both, groups, 1)
    assert mine == pytest.approx(nx.community.modularity(graph, named, weight="weight"))
    louvain = nx.community.louvain_communities(graph, weight="weight", seed=1)
    assert mine >= nx.community.modularity(graph, louvain, weight="weight") - 1e-9


def test_the_adjusted_rand_index_is_that_of_hubert_and_arabie():
    """Table 2 of Yeung and Ruzzo (2001): 0.313."""
    table = [[1, 1, 0], [1, 2, 1], [0, 0, 4]]
    cells = [(row, column) for row in range(3) for column in range(3) for _ in range(table[row][column])]
    one, other = (np.array(column) for column in zip(*cells, strict=True))
    assert adjusted_rand(one, other) == pytest.approx(0.313, abs=5e-4)
    assert adjusted_rand(one, one) == 1


@pytest.fixture
def two_clusters(resolved):
    """Six people at Meta and Google, six at OpenAI and ETH; one goes from one side to the other."""
    people = {}
    for n in range(6):
        west = [{"at": "meta", "start": 2010, "end": 2014}, {"at": "google", "start": 2015, "end": 2018}]
        east = [{"at": "openai", "start": 2010, "end": 2014}, {"at": "eth", "start": 2015, "end": 2018}]
        people[f"w{n}"] = person(f"W{n}", *west)
        people[f"e{n}"] = person(
            f"E{n}", *(east if n else [*east[:1], {"at": "google", "start": 2015, "end": 2018}])
        )
    return resolved(world(people=people))


def test_the_flow_graph_has_people_and_moves(two_clusters):
    graph = flow_graph(two_clusters)
    assert {(a, b, d["people"], d["moves"]) for a, b, d in graph.edges(data=True)} == {
        ("meta", "google", 6, 6),
        ("openai", "eth", 5, 5),
        ("openai", "google", 1, 1),
    }
    assert graph.nodes["eth"]["name"] == "Eth"


def test_organizations_stand_by_their_moves(two_clusters):
    table = centrality(two_clusters, measure="harmonic")
    assert [(p.organization, p.rank, p.value, p.people) for p in table.positions] == [
        ("google", 1, 2 / 3, 7),
        ("eth", 2, 1 / 3, 5),
        ("meta", 3, 0, 6),
        ("openai", 3, 0, 6),
    ]
    assert [(p.arrivals, p.departures) for p in table.positions][:2] == [(7, 0), (5, 0)]


def test_too_few_people_have_no_rank_and_it_says_so(two_clusters):
    table = centrality(two_clusters, measure="harmonic", minimum=6)
    assert [(p.organization, p.rank) for p in table.positions if p.rank is None] == [("eth", None)]
    assert table.unranked == 1


def test_flows_part_into_communities_that_all_seeds_find(two_clusters):
    found = communities(two_clusters)
    assert [dict(each.organizations) for each in found.communities] == [
        {"eth": 5, "openai": 6},
        {"google": 7, "meta": 6},
    ]
    assert found.agreement == 1
    assert [each.stability for each in found.communities] == pytest.approx([1, 1])
    assert found.communities[1].inside == pytest.approx(12 / 13)


def test_colleagues_are_people_whose_time_at_an_organization_overlapped(resolved):
    snapshot = resolved(
        world(
            people={
                "ann": person("Ann", {"at": "meta", "start": "2020-01-01", "end": "2022-01-01"}),
                "bob": person("Bob", {"at": "meta", "start": "2021-01-01", "end": "2023-01-01"}),
                "cid": person("Cid", {"at": "meta", "start": "2022-06-01", "phase": "current"}),
                "dee": person("Dee", {"at": "openai", "start": "2020-01-01", "end": "2022-01-01"}),
                "eve": person("Eve", {"at": "meta", "start": "2020-01-01", "phase": "past"}),
            }
        )
    )
    graph = colleague_graph(snapshot)
    assert {
        "".join(sorted(pair[:2])): round(pair[2]["years"] * 365.25) for pair in graph.edges(data=True)
    } == {
        "annbob": 365,
        "bobcid": 214,
    }


def test_time_together_at_two_places_at_once_counts_once(resolved):
    job = {"at": "meta", "start": "2020-01-01", "end": "2022-01-01"}
    team = {"team": "fair", "start": "2021-01-01", "end": "2022-01-01", "phase": "past", "lines": 4}
    people = {key: person(key.title(), job, member_of=[team]) for key in ("ann", "bob")}
    assert colleague_graph(resolved(world(people=people)))["ann"]["bob"]["years"] * 365.25 == 731


def test_an_organization_over_the_cap_gives_no_colleagues_and_is_named(two_clusters):
    graph = colleague_graph(two_clusters, cap=6)
    assert graph.graph == {"cap": 6, "capped": {"google": 7}}
    assert graph.number_of_edges() == 6 * 5 / 2 * 2  # at Meta and OpenAI; those at ETH know each other
    with pytest.raises(KbError, match="a cap under 2 people"):
        colleague_graph(two_clusters, cap=1)


def test_an_overlap_that_hangs_on_vague_dates_is_not_sure(resolved):
    people = {
        "ann": person("Ann", {"at": "meta", "start": "2020-01-01", "end": "2021"}),
        "bob": person("Bob", {"at": "meta", "start": "2021", "end": "2023-01-01"}),
        "cid": person("Cid", {"at": "meta", "start": "2020-02-01", "end": "2023-01-01"}),
    }
    graph = colleague_graph(resolved(world(people=people)))
    assert {frozenset(pair[:2]): pair[2]["sure"] for pair in graph.edges(data=True)} == {
        frozenset(("ann", "cid")): True,
        frozenset(("bob", "cid")): True,
    }


def test_colleagues_are_told_by_organization_and_no_person_has_a_value(two_clusters):
    table = centrality(two_clusters, graph="colleagues", measure="betweenness", minimum=1)
    assert [(p.organization, p.people) for p in table.positions] == [
        ("openai", 6),
        ("google", 7),
        ("eth", 5),
        ("meta", 6),
    ]
    assert table.minimum == 5
    values = nx.betweenness_centrality(colleague_graph(two_clusters))
    at_google = ["e0", *(f"w{n}" for n in range(6))]
    assert table.positions[1].value == pytest.approx(sum(values[key] for key in at_google) / 7)
    found = communities(two_clusters, graph="colleagues")
    assert not [key for key in values if f"'{key}'" in f"{table} {found}"]
    assert {name for each in found.communities for name, _ in each.organizations} == {
        "meta",
        "google",
        "openai",
        "eth",
    }


def test_a_group_of_few_people_is_only_counted(resolved):
    jobs = [{"at": "meta", "start": 2010, "end": 2014}]
    snapshot = resolved(world(people={key: person(key.title(), *jobs) for key in ("ann", "bob")}))
    assert centrality(snapshot, graph="colleagues").positions == ()
    assert centrality(snapshot, graph="colleagues").unranked == 1
    found = communities(snapshot, graph="colleagues")
    assert (found.communities, found.small) == ((), 1)


def test_what_cannot_be_said_is_refused(two_clusters, resolved):
    with pytest.raises(KbError, match=r"no measure `hits`\. There are pagerank"):
        centrality(two_clusters, measure="hits")
    with pytest.raises(KbError, match="no graph `friends`"):
        communities(two_clusters, graph="friends")
    with pytest.raises(KbError, match="colleagues have no direction"):
        centrality(two_clusters, measure="springrank", graph="colleagues")
    with pytest.raises(NotEnoughData, match="the graph of flows has no edges"):
        centrality(resolved(world("empty")))
    with pytest.raises(KbError, match="two runs or more"):
        communities(two_clusters, runs=1)


def test_a_library_that_is_missing_is_asked_for_with_the_command():
    with pytest.raises(MissingExtra, match=r"`not-there`.*pip install 'ai-talent-kb\[analysis\]'"):
        extra("not_there.sparse")
