"""Which fact each claim speaks of: the joining of spells, and the numbers that tell facts of a pair apart.

An id is subject, predicate, object and a number. A curator's number is kept. Others follow the order of
publication, so a claim that is published later never takes a number away from one published before it. A
claim on an absorbed id speaks of the survivor from the day of the decision, so a merge takes none either.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from kb.errors import AmbiguousSpell
from kb.ledger.ledger import Ledger, Tables
from kb.ontology import CERTAINTIES, STATISTIC_ROLES, Edge, Node
from kb.resolve.decisions import RETRACTED, has_merges, has_retractions
from kb.resolve.forget import find_forgotten, texts_of

LEAST_SURE_FIRST: Final = list(reversed(CERTAINTIES))  # Python writes a list of words as SQL does
# Two claims can mean one spell if the days they allow can overlap, their kinds agree, and their titles are
# equal or one has none. A number that both give decides alone. Two rows of one table are two spells, unless
# no date of one contradicts the other: a table that lists two means two.
_FITS: Final = """
    CASE WHEN a.number IS NOT NULL AND b.number IS NOT NULL THEN a.number = b.number
    ELSE a.kind = b.kind
        AND (a.title IS NULL OR b.title IS NULL OR lower(a.title) = lower(b.title))
        AND coalesce(a.low <= b.high, true) AND coalesce(b.low <= a.high, true)
        AND NOT (a.tabular AND b.tabular AND a.source = b.source AND (
            a.start_earliest > b.start_latest OR b.start_earliest > a.start_latest
            OR a.end_earliest > b.end_latest OR b.end_earliest > a.end_latest
            OR (a.end_text = '..') <> (b.end_text = '..')) IS TRUE)
    END
"""
_MOST_CLAIMS: Final = 1_000  # on one person and one organization: they are compared two by two


def live_claims(ledger: Ledger, tables: Tables, known_at: date | None) -> None:
    """Make views: `known_TYPE` of the claims published by then, `live_TYPE` of those not retracted.

    What speaks of a forgotten person is not among them. Ids are those that survive, by the table `same`.
    There are more columns: `published` and `announced`, the last and the first day on which the source can
    have appeared; `sure`, the certainty as a number; `came_subject`, `came_object` and `came_destination`,
    the ids as the claim gives them; `told`, the day from which it speaks of the survivor.
    """
    # What a dataset says of a source later than `known_at` is not known then.
    then = f"WHERE published_latest <= DATE '{known_at.isoformat()}'" if known_at else ""
    published = f"""SELECT id, dataset, max(published_latest) AS published,
        min(published_earliest) AS announced FROM {ledger.name("Source")} {then} GROUP BY id, dataset"""
    tables.execute(f"CREATE TABLE {tables.name('published')} AS {published}")
    merged, muted = has_merges(tables), has_retractions(tables)
    where = naming = ""
    if find_forgotten(ledger, tables):
        gone = f"(SELECT id FROM {tables.name('forgotten')})"
        where = f"WHERE c.subject NOT IN {gone} AND coalesce(c.object NOT IN {gone}, true)"
        naming = f"(SELECT text FROM {tables.name('naming')})"
    for kind in ledger.stated:
        left = kind.table == "DEPARTED"
        known, live = tables.name("known_" + kind.table), tables.name("live_" + kind.table)
        changes = [RETRACTED.format(mute=tables.name("mute"))] if muted else []
        if naming:
            changes += [
                f"CASE WHEN {name} NOT IN {naming} THEN {name} END AS {name}" for name in texts_of(kind)
            ]
        joins = ""
        if merged:
            same = tables.name("same")
            changes += [
                "coalesce(f.survivor, c.subject) AS subject",
                "coalesce(o.survivor, c.object) AS object",
            ]
            joins = f"LEFT JOIN {same} f ON f.id = c.subject LEFT JOIN {same} o ON o.id = c.object"
        if merged and left:
            # A departure to the organization that was left says nothing of where to.
            to = "nullif(coalesce(t.survivor, c.destination), coalesce(o.survivor, c.object))"
            changes.append(f"{to} AS destination")
            joins += f" LEFT JOIN {same} t ON t.id = c.destination"
        changed = f"REPLACE ({', '.join(changes)})" if changes else ""
        tables.execute(
            f"""CREATE VIEW {known} AS
            SELECT c.* {changed}, c.subject AS came_subject, c.object AS came_object,
                {"c.destination" if left else "NULL"} AS came_destination, s.published, s.announced,
                {"greatest(s.published, f.since, o.since)" if merged else "s.published"} AS told,
                list_position({LEAST_SURE_FIRST}, c.certainty) AS sure
            FROM {ledger.name(kind.table)} c
            JOIN {tables.name("published")} s ON s.id = c.source AND s.dataset = c.dataset {joins} {where}"""
        )
        tables.execute(f"CREATE VIEW {live} AS SELECT * FROM {known} WHERE NOT retracted")


def assign_keys(tables: Tables, kinds: Sequence[Node | Edge]) -> int:
    """Make a table `key_TYPE` (claim, fact, number) for each type.

    Returns how many claims of tables could have joined more than one spell, and were kept apart.
    Raises: AmbiguousSpell if curated claims could.
    """
    names = [kind.table for kind in kinds]
    apart = 0
    if "EMPLOYED_AT" in names:
        apart = _spells(tables, departures="DEPARTED" in names)
    for kind in kinds:
        if isinstance(kind, Node):
            tables.execute(
                f"""CREATE TABLE {tables.name("key_" + kind.table)} AS
                SELECT claim, subject AS fact, 1 AS number FROM {tables.name("live_" + kind.table)}"""
            )
        elif kind.table == "DEPARTED":
            _of_spell(tables, kind.table, "spell_number")
        elif kind.table == "HELD_ROLE":
            # A role can be held in spells at several organizations, so their number alone is not enough.
            _of_spell(tables, kind.table, "spell_organization || ':' || spell_number")
        elif kind.table != "EMPLOYED_AT":
            # An organization can be both ends of a figure; the part it has there tells the two apart.
            parts = f"""list_position({list(STATISTIC_ROLES)}, coalesce("as", 'subject'))"""
            tables.execute(
                f"""CREATE TABLE {tables.name("key_" + kind.table)} AS
                SELECT claim, concat_ws(':', subject, '{kind.predicate}', object, number) AS fact, number
                FROM (SELECT claim, subject, object,
                        {parts if kind.table == "ABOUT" else "coalesce(number, 1)"} AS number
                    FROM {tables.name("live_" + kind.table)})"""
            )
    return apart


def _of_spell(tables: Tables, label: str, number: str) -> None:
    """Keys of facts that belong to a spell; what lost its spell has no key, and so no fact."""
    tables.execute(
        f"""CREATE TABLE {tables.name("key_" + label)} AS
        WITH spells AS (
            SELECT claim AS job, fact AS spell, k.number AS spell_number, j.object AS spell_organization
            FROM {tables.name("key_EMPLOYED_AT")} k JOIN {tables.name("live_EMPLOYED_AT")} j USING (claim))
        SELECT claim, concat_ws(':', c.subject, '{label.lower()}', c.object, {number}) AS fact,
            spell_number AS number, spell
        FROM {tables.name("live_" + label)} c JOIN spells USING (job)"""
    )


def _spells(tables: Tables, *, departures: bool) -> int:
    """Join the claims on one person and one organization into spells, and number these.

    Returns the number of claims that were kept apart.
    """
    left = f"""SELECT job, max(date_latest) AS day FROM {tables.name("live_DEPARTED")}
        WHERE phase = 'past' AND polarity = 'asserts' GROUP BY job"""
    claim, fit, spell = tables.name("spell_claim"), tables.name("spell_fit"), tables.name("spell")
    tables.execute(
        f"""CREATE TABLE {claim} AS
        WITH left_by AS ({left if departures else "SELECT '' AS job, NULL::DATE AS day"})
        SELECT c.claim, subject, object, c.number, title, coalesce(kind, 'job') AS kind, dataset, source,
            coalesce(tabular, false) AS tabular, told AS published, place, start_text, start_earliest,
            start_latest, end_text, end_earliest, end_latest, coalesce(end_latest, day) AS high,
            -- What is planned begins after it is told, and so is no spell that had ended by then.
            CASE WHEN phase = 'planned' THEN greatest(start_earliest, announced)
                ELSE start_earliest END AS low
        FROM {tables.name("live_EMPLOYED_AT")} c LEFT JOIN left_by ON left_by.job = c.claim"""
    )
    # Most pairs of a person and an organization have one claim, and so one spell.
    tables.execute(
        f"""CREATE TABLE {tables.name("spell_pair")} AS
        SELECT subject, object, count(*) AS claims FROM {claim} GROUP BY ALL HAVING count(*) > 1"""
    )
    _refuse_crowds(tables)
    # Claims join when all that fit one of them fit all of them: then their lists of what fits are equal.
    # A claim that fits two spells which do not fit each other has a longer list than either.
    tables.execute(
        f"""CREATE TABLE {fit} AS
        WITH several AS (SELECT c.* FROM {claim} c SEMI JOIN {tables.name("spell_pair")} p
            ON p.subject = c.subject AND p.object = c.object)
        SELECT a.claim, list(b.claim ORDER BY b.claim) AS fits, min(b.claim) AS spell,
            bool_or(b.tabular) AS tabular
        FROM several a JOIN several b ON a.subject = b.subject AND a.object = b.object AND {_FITS}
        GROUP BY a.claim"""
    )
    _refuse_ambiguity(tables)
    _refuse_impossible(tables)
    # What a table says of two spells at once stays apart from both.
    apart = _keep_apart(tables)
    tables.execute(
        f"""CREATE TABLE {spell} AS
        WITH joined AS (
            SELECT spell, any_value(subject) AS subject, any_value(object) AS object,
                min(published) AS published, min(dataset) AS dataset, min(low) AS low, min(number) AS given
            FROM {claim} JOIN {fit} USING (claim) GROUP BY spell)
        SELECT *, row_number() OVER (pair ORDER BY published, dataset, low NULLS LAST, spell) AS n,
            count(*) OVER pair AS spells, count(given) OVER pair AS named
        FROM joined WINDOW pair AS (PARTITION BY subject, object)"""
    )
    tables.execute(
        f"""ALTER TABLE {spell} ADD COLUMN number BIGINT;
        UPDATE {spell} SET number =
            CASE WHEN spells = 1 THEN coalesce(given, 1) WHEN named = 0 THEN n ELSE given END"""
    )
    _number_the_rest(tables)
    tables.execute(
        f"""CREATE TABLE {tables.name("key_EMPLOYED_AT")} AS
        WITH numbered AS (
            SELECT claim, s.subject, s.object, s.number FROM {fit} JOIN {spell} s USING (spell)
            UNION ALL
            SELECT claim, subject, object, coalesce(number, 1) FROM {claim} c
            ANTI JOIN {tables.name("spell_pair")} p ON p.subject = c.subject AND p.object = c.object)
        SELECT claim, concat(subject, ':employed_at:', object, ':', number) AS fact, number FROM numbered"""
    )
    return apart


def _refuse_crowds(tables: Tables) -> None:
    """Refuse a pair with so many claims that one of the two must stand for many people or for none."""
    found = tables.execute(
        f"""SELECT subject, object, claims FROM {tables.name("spell_pair")}
        WHERE claims > {_MOST_CLAIMS} ORDER BY claims DESC, subject, object LIMIT 1"""
    )
    for person, organization, claims in found:
        what = f"{claims:,} claims that {person} was at {organization}"
        raise AmbiguousSpell(what, hint="If one of the two stands for many or for none, leave it out")


def _keep_apart(tables: Tables) -> int:
    """Give each claim of which some, but not all, fit another the others do not a spell of its own.

    Returns the number of claims of tables that could have joined more than one spell.
    """
    fit = tables.name("spell_fit")
    torn = tables.name("spell_torn")
    tables.execute(
        f"""CREATE TABLE {torn} AS SELECT DISTINCT f.claim
        FROM (SELECT claim, fits, unnest(fits) AS other FROM {fit} WHERE len(fits) > 1) f
        JOIN {fit} g ON g.claim = f.other WHERE f.fits <> g.fits"""
    )
    # Those that share a list are one spell still; its name is the first of them.
    tables.execute(
        f"""UPDATE {fit} AS f SET spell = s.spell FROM (
            SELECT fits, min(claim) AS spell FROM {fit} SEMI JOIN {torn} USING (claim) GROUP BY fits) s
        WHERE f.fits = s.fits AND f.claim IN (SELECT claim FROM {torn})"""
    )
    return int(tables.execute(f"SELECT count(*) FROM {torn}")[0][0])


def _refuse_ambiguity(tables: Tables) -> None:
    """Refuse a claim that could join either of two spells: which one is not ours to say."""
    claim, fit = tables.name("spell_claim"), tables.name("spell_fit")
    found = tables.execute(
        f"""SELECT f.claim, c.place, c.subject, c.object, f.fits
        FROM (SELECT *, unnest(fits) AS other FROM {fit} WHERE NOT tabular) f
        JOIN {fit} g ON g.claim = f.other AND f.fits <> g.fits AND len(f.fits) >= len(g.fits)
        JOIN {claim} c ON c.claim = f.claim
        ORDER BY len(f.fits) DESC, f.claim LIMIT 1"""
    )
    if not found:
        return
    name, place, person, organization, fits = found[0]
    choices = tables.execute(
        f"""SELECT concat(coalesce(start_text, '?'), '/', coalesce(end_text, high::VARCHAR, '?'),
            CASE WHEN title IS NULL THEN '' ELSE ' (' || title || ')' END)
        FROM {claim} WHERE claim = ANY(?) AND claim <> ? ORDER BY low NULLS LAST, claim""",
        [fits, name],
    )
    spells = ", ".join(text for (text,) in choices)
    raise AmbiguousSpell(
        f"claim {name} fits more than one spell of {person} at {organization}: {spells}",
        where=place or "",
        hint="Number them with `spell: 1`, `spell: 2`",
    )


def _refuse_impossible(tables: Tables) -> None:
    """Refuse claims that give one number to times that cannot overlap."""
    claim = tables.name("spell_claim")
    found = tables.execute(
        f"""SELECT a.place, a.claim, b.claim, a.subject, a.object, a.number FROM {claim} a JOIN {claim} b
        ON a.subject = b.subject AND a.object = b.object AND a.number = b.number AND a.low > b.high
        ORDER BY a.claim, b.claim LIMIT 1"""
    )
    for place, one, other, person, organization, number in found:
        raise AmbiguousSpell(
            f"claims {other} and {one} both mean spell {number} of {person} at {organization}, "
            "but their times cannot overlap",
            where=place or "",
            hint="Give one of them another number",
        )


def _number_the_rest(tables: Tables) -> None:
    """Number spells that stand beside ones whose number a curator gave: the lowest that is free.

    Raises: AmbiguousSpell if a curator gives a number that a spell published before it has already.
    """
    rows = tables.execute(
        f"""SELECT spell, subject, object, given FROM {tables.name("spell")}
        WHERE named BETWEEN 1 AND spells - 1 ORDER BY subject, object, published, given NULLS LAST, n"""
    )
    taken: dict[tuple[str, str], set[int]] = defaultdict(set)
    for spell, subject, object_, given in rows:
        used = taken[subject, object_]
        if given in used:
            what = f"claim {spell} says `spell: {given}`, which is another spell of {subject} at {object_}"
            raise AmbiguousSpell(what, hint="Give it the next free number")
        number = given or next(n for n in range(1, len(used) + 2) if n not in used)
        used.add(number)
        tables.execute(f"UPDATE {tables.name('spell')} SET number = ? WHERE spell = ?", [number, spell])
