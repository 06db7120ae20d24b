// leaders: who leads an organization and its teams
// param org: id of the organization at the top (required)
// column organization: name; person: name; capacity: in the source's words; phase: planned, current or past
// column certainty: confirmed, reported or rumoured
// example: org=meta
MATCH (t:Organization)-[:PART_OF*0..4]->(:Organization {id: $org})
WITH DISTINCT t
MATCH (p:Person)-[l:LEADS]->(t)
RETURN t.name AS organization, p.name AS person, l.capacity AS capacity, l.phase AS phase,
  l.certainty AS certainty
ORDER BY organization, person, l.id
