"""Paths: against worlds worked out by hand, and against every simple path of random ones."""

from datetime import date, timedelta
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.analysis import introductions, routes
from kb.analysis.search import search
from kb.errors import KbError, NotFound
from kb.resolve import Snapshot
from tests.folders import person, world


def job(at, start, end=".."):
    return {"at": at, "start": start, "end": end}


def people(**jobs):
    return {key: person(key.title(), *rows) for key, rows in jobs.items()}


@pytest.fixture
def places(resolved):
    """Google to meta in 2010 and 2016, meta to openai in 2015: only the first can be gone on from."""
    return resolved(
        world(
            people=people(
                ann=[job("google", 2005, "2009-12"), job("meta", "2010-01", "2012-01")],
                bob=[job("google", 2005, "2015-12"), job("meta", "2016-01")],
                cat=[job("meta", 2008, "2014-12"), job("openai", "2015-01")],
            )
        )
    )


def chains(found):
    return [
        [found_path.hops[0].from_id, *(hop.to_id for hop in found_path.hops)] for found_path in found.paths
    ]


def test_a_path_goes_from_move_to_later_move(places):
    [path] = routes(places, "google", "openai").paths
    assert [(hop.who, hop.to_id, hop.people) for hop in path.hops] == [
        ("ann", "meta", 2),
        ("cat", "openai", 1),
    ]
    assert (path.arrival, path.order, path.alone) == (date(2015, 1, 1), "certain", False)


def test_a_move_before_the_one_that_it_would_follow_makes_no_path(places):
    places.execute(f"DELETE FROM {places.name('EMPLOYED_AT')} WHERE from_id = 'ann'")
    assert routes(places, "google", "openai").paths == ()


def test_alone_asks_for_one_person(resolved, places):
    assert routes(places, "google", "openai", alone=True).paths == ()
    whole = [job("google", 2005, 2009), job("meta", 2010, 2012), job("openai", 2013)]
    [path] = routes(resolved(world("alone", people=people(ann=whole))), "google", "openai", alone=True).paths
    assert (path.alone, path.order) == (True, "certain")


def test_an_order_that_dates_leave_open_is_possible(resolved):
    snapshot = resolved(
        world(
            people=people(
                ann=[job("google", 2005, 2009), job("meta", 2010)],
                bob=[job("meta", 2005, 2009), job("openai", 2010)],
            )
        )
    )
    [path] = routes(snapshot, "google", "openai").paths
    assert path.order == "possible"


def test_fewer_hops_come_first_and_then_the_earlier_arrival(resolved):
    snapshot = resolved(
        world(
            people=people(
                ann=[job("google", 2005, 2007), job("meta", 2008, 2009), job("openai", 2010)],
                bob=[job("google", 2005, 2006), job("eth", 2007, 2007), job("openai", 2008)],
                cat=[job("google", 2005, 2019), job("openai", 2020)],
            )
        )
    )
    assert chains(routes(snapshot, "google", "openai")) == [
        ["google", "openai"],
        ["google", "eth", "openai"],
        ["google", "meta", "openai"],
    ]
    assert len(routes(snapshot, "google", "openai", best=2).paths) == 2
    assert len(routes(snapshot, "google", "openai", hops=1).paths) == 1


@pytest.fixture
def circle(resolved):
    """Ann and bob meet at google in 2011, bob and cat at meta from 2015 on; dan never met anybody."""
    return resolved(
        world(
            people=people(
                ann=[job("google", 2010, 2012)],
                bob=[job("google", "2011-01-01", 2013), job("meta", "2014-01-01", 2016)],
                cat=[job("meta", "2015-01-01")],
                dan=[job("google", 2015, 2016)],
            )
        )
    )


def test_who_was_there_at_the_same_time_can_introduce(circle):
    [path] = introductions(circle, "ann", "cat").paths
    assert [(hop.from_id, hop.where, hop.to_id, hop.people) for hop in path.hops] == [
        ("ann", "google", "bob", 3),
        ("bob", "meta", "cat", 2),
    ]
    assert path.arrival == date(2015, 1, 1)
    assert introductions(circle, "ann", "dan").paths == ()


def test_acquaintance_lasts_so_that_the_order_of_meetings_does_not_matter(circle):
    assert chains(introductions(circle, "cat", "ann")) == [["cat", "bob", "ann"]]


def test_nobody_can_introduce_before_they_met(circle):
    assert introductions(circle, "ann", "cat", by="2014").paths == ()
    assert len(introductions(circle, "ann", "cat", by="2015").paths) == 1


def test_large_organizations_are_left_out_and_counted(circle):
    found = introductions(circle, "ann", "bob", largest=2)
    assert (found.paths, found.crowded) == ((), 1)


def test_a_time_that_may_be_shared_counts_if_it_is_asked_for(resolved):
    snapshot = resolved(
        world(people=people(ann=[job("google", 2010, 2012)], bob=[job("google", 2012, 2014)]))
    )
    assert introductions(snapshot, "ann", "bob").paths == ()
    assert chains(introductions(snapshot, "ann", "bob", possible=True)) == [["ann", "bob"]]


def test_what_cannot_be_asked_is_refused(circle):
    with pytest.raises(KbError, match="`google` is no person"):
        introductions(circle, "ann", "google")
    with pytest.raises(NotFound):
        routes(circle, "google", "nowhere")
    with pytest.raises(KbError, match="a path from `google` to itself"):
        routes(circle, "google", "google")
    with pytest.raises(KbError, match="up to 9 hops"):
        routes(circle, "google", "meta", hops=9)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(0, 9), st.integers(0, 3)),
        min_size=1,
        max_size=14,
    )
)
def test_the_best_chains_are_those_of_a_search_through_all(contacts):
    """A second implementation: all simple paths of networkx, with the earliest contact at each step."""
    snapshot, epoch = Snapshot(), date(2000, 1, 1)
    rows = ", ".join(
        f"('{a}', '{b}', DATE '{epoch + timedelta(lo)}', DATE '{epoch + timedelta(lo + wide)}', {n})"
        for n, (a, b, lo, wide) in enumerate(contacts)
        if a != b
    )
    if not rows:
        return
    sql = f"""SELECT a, b, earliest AS since, earliest, latest, NULL::VARCHAR AS who, NULL::VARCHAR AS at,
        'f' || n AS from_spell, 't' || n AS to_spell, 'reported' AS certainty
        FROM (VALUES {rows}) t (a, b, earliest, latest, n)"""
    found = search(snapshot, sql, "a", "e", follows="c.latest >= l.arrival", best=50, hops=4)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from("abcde")
    graph.add_edges_from((a, b, {"lo": lo, "hi": lo + wide}) for a, b, lo, wide in contacts if a != b)
    expected = []
    for nodes in {tuple(nodes) for nodes in nx.all_simple_paths(nx.DiGraph(graph), "a", "e", cutoff=4)}:
        now = 0
        for a, b in pairwise(nodes):
            now = min((max(now, e["lo"]) for e in graph[a][b].values() if e["hi"] >= now), default=None)
            if now is None:
                break
        else:
            expected.append((len(nodes) - 1, epoch + timedelta(now), nodes))
    assert [(len(chain.nodes) - 1, chain.arrival, chain.nodes) for chain in found] == sorted(expected)


def test_real_careers_give_paths_and_acquaintances():
    snapshot = Snapshot.from_seeds("openstack")
    for path in routes(snapshot, "openstack/rackspace", "openstack/suse", best=5).paths:
        assert all(a.earliest <= b.latest for a, b in pairwise(path.hops))
    colleagues = snapshot.execute(
        f"""SELECT a.from_id, b.from_id FROM {snapshot.name("EMPLOYED_AT")} a
        JOIN {snapshot.name("EMPLOYED_AT")} b ON b.to_id = a.to_id AND a.from_id < b.from_id
        WHERE a.start_latest <= b.end_earliest AND b.start_latest <= a.end_earliest
            AND a.start_latest <= a.end_earliest AND b.start_latest <= b.end_earliest ORDER BY 1, 2 LIMIT 1"""
    )
    [(ann, bob)] = colleagues
    assert len(introductions(snapshot, ann, bob, best=1).paths[0].hops) == 1
    assert introductions(snapshot, ann, bob, best=20, hops=2).paths[0].hops[0].to_id == bob
