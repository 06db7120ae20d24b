// timeline: all that sources say of a person: spells, studies, departures, projects, teams
// param person: id of the person (required)
// column what: type of the fact; object: name of what it joins the person to; detail: title, capacity or degree
// column start: EDTF, as curated; end_date: EDTF, as curated; phase: planned, current or past
// column certainty: confirmed, reported or rumoured; fact: id, for `kb why`
// example: person=bert-maher
MATCH (:Person {id: $person})-[f:STUDIED_AT|EMPLOYED_AT|DEPARTED|LEADS|MEMBER_OF|WORKED_ON|HELD_ROLE]->(x)
RETURN type(f) AS what, x.name AS object, coalesce(f.title, f.capacity, f.degree) AS detail,
  coalesce(f.start_text, f.date_text) AS start, f.end_text AS end_date, f.phase AS phase,
  f.certainty AS certainty, f.id AS fact
ORDER BY coalesce(f.start_earliest, f.date_earliest, f.end_latest), what, fact
