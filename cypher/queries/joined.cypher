// joined: who joined an organization, or is about to, and where from when a source says so
// param org: id of the organization that they joined (required)
// column person: name; title: in the source's words; since: EDTF, as curated; origin: id or null
// column phase: planned, current or past; certainty: confirmed or reported
// example: org=openai
MATCH (p:Person)-[s:EMPLOYED_AT]->(o:Organization {id: $org})
WHERE s.certainty <> 'rumoured'
OPTIONAL MATCH (p)-[d:DEPARTED {destination: $org}]->(origin:Organization)
RETURN p.name AS person, s.title AS title, s.start_text AS since, origin.id AS origin, s.phase AS phase,
  s.certainty AS certainty
ORDER BY person, s.id, origin
