// contributors: who worked on a project, and where they are now or will be
// param project: id of the project (required)
// column person: name; capacity: what they did; organization: name or null; phase: current or planned
// column certainty: how sure the work on the project is
// example: project=pytorch
MATCH (p:Person)-[w:WORKED_ON]->(:Project {id: $project})
OPTIONAL MATCH (p)-[s:EMPLOYED_AT]->(o:Organization)
WHERE s.phase IN ['current', 'planned']
RETURN p.name AS person, w.capacity AS capacity, o.name AS organization, s.phase AS phase,
  w.certainty AS certainty
ORDER BY person, w.id, phase, organization
