// departures: who left an organization, and where they went when a source says so
// param org: id of the organization that they left (required)
// column person: name; destination: id or null; date: EDTF, as curated; phase: past or planned
// column certainty: confirmed or reported
// example: org=meta
MATCH (p:Person)-[d:DEPARTED]->(:Organization {id: $org})
WHERE d.certainty <> 'rumoured'
RETURN p.name AS person, d.destination AS destination, d.date_text AS date, d.phase AS phase,
  d.certainty AS certainty
ORDER BY person, d.id
