"""A made-up table of careers, written into a ledger by SQL: the same rows each time, at any size."""

from kb.ledger import Ledger

ORGANIZATIONS = 300
SPELLS_EACH = 5
FIRST_YEAR = 1990


def fill(ledger: Ledger, people: int, *, changed: float = 0.0, folder: str = "") -> Ledger:
    """Add so many people with five spells each; of a share of the spells the title is another one."""
    name = ledger.name
    ledger.execute(
        f"""INSERT INTO {name("Dataset")} BY NAME SELECT 'bench' AS id, 'Made up' AS name,
            'Made up' AS title, 'CC0-1.0' AS licence, ? AS folder, ? AS hash""",
        [folder, f"{people}-{changed}"],
    )
    ledger.execute(
        f"""INSERT INTO {name("Source")} BY NAME SELECT 'bench' AS dataset, 'made-up' AS id,
            'Made up' AS name, 'table' AS kind, DATE '2025-01-01' AS published_earliest,
            DATE '2025-12-31' AS published_latest, '2025' AS published_text"""
    )
    common = """'bench' AS dataset, 'made-up' AS source, 'asserts' AS polarity, 'reported' AS certainty,
        false AS retracted"""
    ledger.execute(
        f"""INSERT INTO {name("Organization")} BY NAME SELECT {common}, 'bench/org-' || i AS claim,
            'org-' || i AS subject, 'Org ' || i AS name, 'company' AS kind
        FROM range({ORGANIZATIONS}) t(i)"""
    )
    ledger.execute(
        f"""INSERT INTO {name("Person")} BY NAME SELECT {common}, 'bench/person-' || i AS claim,
            'bench/person-' || i AS subject, 'Person ' || i AS name, 'row ' || i AS locator
        FROM range({people}) t(i)"""
    )
    ledger.execute(
        f"""INSERT INTO {name("EMPLOYED_AT")} BY NAME
        WITH spells AS (SELECT i, s, (i * 7 + s * 131 + (i // 97) * s) % {ORGANIZATIONS} AS org,
                {FIRST_YEAR} + s * 6 + i % 6 AS year FROM range({people}) t(i), range({SPELLS_EACH}) u(s))
        SELECT {common}, 'bench/person-' || i || ':' || s AS claim, 'bench/person-' || i AS subject,
            'org-' || org AS object, 'row ' || i || '.' || s AS locator, 'job' AS kind,
            CASE WHEN s = {SPELLS_EACH - 1} THEN 'current' ELSE 'past' END AS phase,
            CASE WHEN hash(i, s) % 10000 < {round(changed * 10_000)} THEN 'Changed' ELSE 'Engineer' END
                || ' ' || (i + s) % 40 AS title,
            make_date(year, 1, 1) AS start_earliest, make_date(year, 12, 31) AS start_latest,
            year::VARCHAR AS start_text,
            CASE WHEN s < {SPELLS_EACH - 1} THEN make_date(year + 5, 1, 1) END AS end_earliest,
            CASE WHEN s < {SPELLS_EACH - 1} THEN make_date(year + 5, 12, 31) END AS end_latest,
            CASE WHEN s < {SPELLS_EACH - 1} THEN (year + 5)::VARCHAR ELSE '..' END AS end_text
        FROM spells"""
    )
    return ledger
