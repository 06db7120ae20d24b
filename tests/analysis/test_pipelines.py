"""Feeders, destinations, returns, short stays, exposure and diaspora, held against worlds counted by hand."""

from datetime import date

import pytest

from kb.analysis import destinations, diaspora, exposure, feeders, returns, share, short_stays
from kb.errors import KbError, NotEnoughData, NotFound
from tests.folders import person, world


def job(at, start=None, end=None, **more):
    return {"at": at} | {key: value for key, value in (("start", start), ("end", end)) if value} | more


def went(to, **more):
    return {"phase": "past", "to": to, "lines": 3} | more


def people(**jobs):
    return {key: person(key.title(), *rows) for key, rows in jobs.items()}


@pytest.fixture
def movers(resolved):
    """To meta: ann and bob from google, cat from openai; dan began there. To openai: ann and bob."""
    return resolved(
        world(
            people=people(
                ann=[job("google", 2010, 2012), job("meta", 2013, 2015), job("openai", 2016, 2020)],
                bob=[job("google", 2011, 2013), job("meta", 2014, 2016), job("openai", 2017, "..")],
                cat=[job("openai", 2012, 2014), job("meta", 2015, "..")],
                dan=[job("meta", 2010, 2012)],
            )
        )
    )


def test_feeders_are_the_last_employers_with_shares_of_all_that_are_known(movers):
    found = feeders(movers, "meta")
    assert [(row.organization, row.people, row.share) for row in found.rows] == [
        ("google", 2, share(2, 3)),
        ("openai", 1, share(1, 3)),
    ]
    assert (found.known, found.unknown, found.undated) == (3, 1, 0)
    assert (found.rows[0].first, found.rows[0].last) == (date(2013, 1, 1), date(2014, 12, 31))


def test_who_still_works_there_has_no_unknown_destination(movers):
    found = destinations(movers, "meta")
    assert [(row.organization, row.moves, row.sources) for row in found.rows] == [("openai", 2, 1)]
    assert found.unknown == 1  # dan: cat is still there


def test_moves_that_may_lie_in_the_time_asked_for_are_counted_and_in_no_row(movers):
    found = feeders(movers, "meta", since="2014-06")
    assert [(row.organization, row.people) for row in found.rows] == [("openai", 1)]
    assert found.possible == 1  # bob came in 2014


def test_a_university_after_the_job_feeds_nothing(resolved):
    studied = [{"university": "eth", "lines": 4}]
    found = feeders(
        resolved(
            world(
                people={
                    "ann": person("Ann", job("meta", 2015, ".."), studied_at=studied),
                    "bob": person("Bob", job("meta", 2015, ".."), studied_at=[{**studied[0], "start": 2016}]),
                    "cat": person("Cat", job("meta", 2015, "..")),
                    "dan": person("Dan", job("google", 2015, ".."), studied_at=studied),
                }
            )
        ),
        "meta",
        by="university",
    )
    assert [(row.organization, row.people, row.share) for row in found.rows] == [("eth", 1, share(1, 1))]
    assert (found.known, found.unknown) == (1, 2)


def test_two_sources_are_counted(resolved):
    one = world("one", people=people(ann=[job("meta", 2010, 2012), job("openai", 2013, 2014)]))
    two = world("two", people=people(ann=[job("meta", 2010, 2012)]))
    [row] = feeders(resolved(one, two), "openai").rows
    assert row.sources == 2


def test_a_team_is_asked_for_by_team(resolved):
    data = world(people=people(ann=[job("google", 2010, 2012), job("fair", 2013, 2014)]))
    data["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 1}]
    with pytest.raises(KbError, match="counts as `meta`"):
        feeders(resolved(data), "fair")
    assert feeders(resolved(data), "fair", level="team").known == 1
    assert feeders(resolved(data), "meta").known == 1


def test_a_return_needs_a_job_elsewhere_in_between(resolved):
    snapshot = resolved(
        world(
            people=people(
                ann=[
                    job("meta", 2010, "2012-06", spell=1),
                    job("google", 2013, 2014),
                    job("openai", 2015, 2015),
                    job("meta", "2016-06", 2018, spell=2),
                ],
                bob=[job("meta", 2010, 2012, spell=1), job("meta", 2015, 2016, spell=2)],
                cat=[job("meta", 2010, 2012), job("google", 2013, 2014)],
            )
        )
    )
    found = returns(snapshot)
    [back] = found.returns
    assert (back.person, back.organization, back.via) == ("ann", "meta", ("google", "openai"))
    # From the last day of June 2012 to the first of June 2016, and from the first to the last.
    month = 365.25 / 12
    assert back.away_least == pytest.approx((date(2016, 6, 1) - date(2012, 6, 30)).days / month)
    assert back.away_most == pytest.approx((date(2016, 6, 30) - date(2012, 6, 1)).days / month)
    assert found.gaps == 1  # bob: nobody knows what lies between
    assert returns(snapshot, organization="meta").share == share(1, 2)
    assert returns(snapshot, organization="google").returns == ()


def test_short_stays_are_sure_or_possible_as_their_dates_allow(resolved):
    found = short_stays(
        resolved(
            world(
                people=people(
                    ann=[job("meta", "2020-01", "2020-06")],  # 6 months at most
                    bob=[job("meta", "2020", "2021")],  # one day to two years
                    cat=[job("meta", "2018", "2020")],  # a year or more
                    dan=[job("meta", phase="past", tenure="almost P5M")],  # said, not dated
                    eve=[job("meta", phase="past")],
                    fay=[job("meta", "2025-07", "..")],
                )
            )
        ),
        months=12,
    )
    [row] = found.rows
    assert (row.ended, row.short, row.possible, row.unknown, found.open) == (4, 2, 1, 1, 1)
    assert (row.share, row.share_most) == (share(2, 3), share(3, 4))
    with pytest.raises(KbError, match="a stay of 0 months"):
        short_stays(resolved(world()), months=0)


@pytest.fixture
def torch(resolved):
    on = {"worked_on": [{"project": "torch", "lines": 4}]}
    data = world(
        projects={
            "torch": {"name": "Torch", "kind": "framework", "lines": 1},
            "orphan": {"name": "Orphan", "kind": "framework", "lines": 1},
        },
        people={
            "ann": person("Ann", job("meta", 2010, 2015), job("openai", 2016, ".."), **on),
            "bob": person(
                "Bob", job("meta", 2010, left=went("google", date="2020-03")), **on
            ),
            "cat": person("Cat", job("meta", 2018, ".."), **on),
            "dan": person(
                "Dan", job("meta", 2018, phase="current", left=went("openai", phase="planned")), **on
            ),
            "eve": person("Eve", job("google", 2018, ".."), **on),
            "fay": person("Fay", job("meta", 2010, 2012, spell=1), job("google", 2013, 2014),
                          job("meta", 2015, "..", spell=2), **on),
            "guy": person("Guy", job("meta", 2018, phase="current"), **on),
            "hal": person(
                "Hal", job("meta", 2010, 2015), worked_on=[{**on["worked_on"][0], "certainty": "rumoured"}]
            ),
            "ivy": person("Ivy", job("meta", 2010, 2015)),
        },
    )  # fmt: skip
    data["organizations"]["meta"]["develops"] = [{"project": "torch", "lines": 1}]
    snapshot = resolved(data)
    # A table may not say whether a spell goes on.
    snapshot.execute(
        f"UPDATE {snapshot.name('EMPLOYED_AT')} SET phase = NULL, ongoing = NULL WHERE from_id = 'guy'"
    )
    return snapshot


def test_exposure_tells_who_left_to_whom_and_what_is_left(torch):
    found = exposure(torch, "torch")
    assert [(c.person, c.status, c.to) for c in found.contributors] == [
        ("ann", "left", "openai"),
        ("bob", "left", "google"),
        ("dan", "leaving", "openai"),
        ("cat", "there", None),
        ("fay", "there", None),
        ("guy", "unknown", None),
        ("eve", "outside", None),
    ]
    assert found.gone == share(2, 5)
    assert (found.there, found.leaving, found.left, found.unknown, found.outside) == (2, 1, 2, 1, 1)
    assert found.rumoured == 1
    assert found.contributors[1].earliest == date(2020, 3, 1)
    assert found.organizations == ("meta",)


def test_hearsay_about_a_contribution_counts_if_it_is_asked_for(torch):
    found = exposure(torch, "torch", include_rumoured=True)
    assert ("hal", "rumoured") in {(c.person, c.certainty) for c in found.contributors}
    assert (found.left, found.rumoured) == (3, 0)


def test_a_project_without_a_developer_asks_for_one(torch):
    with pytest.raises(NotFound, match="no source says who develops `orphan`"):
        exposure(torch, "orphan")
    assert exposure(torch, "orphan", organization="meta").contributors == ()
    with pytest.raises(KbError, match="neither a project nor an organization"):
        exposure(torch, "ann")


def test_a_team_is_exposed_to_departures_from_its_organization(resolved):
    data = world(
        people={
            "ann": person("Ann", job("meta", 2010, 2015), member_of=[{"team": "fair", "lines": 5}]),
            "bob": person("Bob", job("meta", 2010, ".."), leads=[{"organization": "fair", "lines": 5}]),
            "cat": person("Cat", job("fair", 2010, 2012)),
            "dan": person("Dan", job("meta", 2010, 2012)),
        }
    )
    data["organizations"]["fair"]["part_of"] = [{"organization": "meta", "how": "division", "lines": 1}]
    found = exposure(resolved(data), "fair")
    assert [(c.person, c.status) for c in found.contributors] == [
        ("ann", "left"),
        ("cat", "left"),
        ("bob", "there"),
    ]


def test_alumni_are_where_they_work_now_else_where_they_went_last(resolved):
    snapshot = resolved(
        world(
            people=people(
                ann=[job("meta", 2010, 2012), job("google", 2013, 2014), job("openai", 2015, "..")],
                bob=[job("meta", 2010, 2012), job("google", 2013, 2014)],
                cat=[job("meta", 2010, left=went("google", date="2015"))],
                dan=[job("meta", 2010, 2012)],
                eve=[job("meta", 2010, "..")],
                fay=[job("google", 2005, 2008), job("meta", 2010, 2012)],
            )
        )
    )
    found = diaspora(snapshot, "meta")
    assert [(p.organization, p.people, p.current, p.share) for p in found.places] == [
        ("google", 2, 0, share(2, 3)),
        ("openai", 1, 1, share(1, 3)),
    ]
    assert (found.alumni, found.nowhere, found.still) == (5, 2, 1)


@pytest.mark.parametrize(
    ("later", "founders"),
    [
        pytest.param({"title": "Co-founder and CEO", "start": 2016, "end": ".."}, 1, id="title"),
        pytest.param({"title": "Cofounder", "start": 2016, "end": ".."}, 1, id="one word"),
        pytest.param({"title": "联合创始人", "start": 2016, "end": ".."}, 1, id="Chinese"),
        pytest.param({"title": "Founding Engineer", "start": 2016, "end": ".."}, 0, id="founding engineer"),
        pytest.param({"title": "Founder", "phase": "planned"}, 0, id="planned"),
        pytest.param({"title": "Founder", "start": 2005, "end": 2008}, 0, id="before"),
        pytest.param(
            {"title": "Founder", "start": 2016, "end": "..", "certainty": "rumoured"}, 0, id="hearsay"
        ),
    ],
)
def test_a_founder_is_called_one_after_the_time_there(career, later, founders):
    found = diaspora(career(job("meta", 2010, 2015), {"at": "openai", **later}), "meta")
    assert len(found.founders) == founders
    assert sum(place.founders for place in found.places) == founders


def test_to_lead_what_one_founded_counts_too(resolved):
    ann = person(
        "Ann", job("meta", 2010, 2015), leads=[{"organization": "openai", "capacity": "founder", "lines": 5}]
    )
    [founder] = diaspora(resolved(world(people={"ann": ann})), "meta").founders
    assert (founder.person, founder.organization, founder.words) == ("ann", "openai", "founder")


def test_nobody_who_left_makes_no_diaspora(career):
    with pytest.raises(NotEnoughData, match="nobody is known to have left `meta`"):
        diaspora(career(job("meta", 2010, "..")), "meta")


def test_alumni_of_a_project_are_its_contributors_who_left(torch):
    found = diaspora(torch, "torch")
    assert [(p.organization, p.people) for p in found.places] == [("google", 1), ("openai", 1)]
    assert (found.alumni, found.still, found.unknown) == (2, 3, 1)


def test_a_later_job_of_which_nobody_says_whether_it_lasts_is_a_place(career):
    snapshot = career(job("meta", 2010, 2015), job("openai", 2016, ".."))
    spells = snapshot.name("EMPLOYED_AT")
    snapshot.execute(f"UPDATE {spells} SET phase = NULL, ongoing = NULL WHERE to_id = 'openai'")
    assert [(p.organization, p.people, p.current) for p in diaspora(snapshot, "meta").places] == [
        ("openai", 1, 0)
    ]


def test_who_was_never_employed_is_no_alumnus(resolved):
    snapshot = resolved(
        world(
            people=people(
                ann=[job("meta", 2010, 2015), job("openai", 2016, "..")],
                bob=[job("meta", 2010, 2011, kind="internship"), job("google", 2012, "..")],
            )
        )
    )
    found = diaspora(snapshot, "meta")
    assert (found.alumni, [place.organization for place in found.places]) == (1, ["openai"])


def test_who_may_have_left_by_a_day_has_an_unknown_standing_then(resolved):
    ann = person("Ann", job("meta", 2010, left={"lines": 3}), worked_on=[{"project": "torch", "lines": 4}])
    snapshot = resolved(
        world(
            people={"ann": ann},
            projects={"torch": {"name": "Torch", "kind": "framework", "lines": 1}},
        )
    )
    for seen, status in ((snapshot, "left"), (snapshot.at(as_of="2014"), "unknown")):
        (row,) = exposure(seen, "torch", organization="meta").contributors
        assert row.status == status
