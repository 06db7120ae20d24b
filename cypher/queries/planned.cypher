// planned: announced moves that had not happened when the sources appeared
// column person: name; what: spell or departure; organization: name; date: EDTF, as curated
// column certainty: confirmed or reported
// example:
MATCH (p:Person)-[f:EMPLOYED_AT|DEPARTED {phase: 'planned'}]->(o:Organization)
WHERE f.certainty <> 'rumoured'
RETURN p.name AS person, CASE type(f) WHEN 'DEPARTED' THEN 'departure' ELSE 'spell' END AS what,
  o.name AS organization, coalesce(f.start_text, f.date_text) AS date, f.certainty AS certainty
ORDER BY person, what, organization, f.id
