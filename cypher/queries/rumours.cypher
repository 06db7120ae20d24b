// rumours: what sources themselves give as hearsay
// column subject: id; what: type of the fact; object: id; phase: planned, current or past; fact: id, for `kb why`
// example:
MATCH (s)-[f {certainty: 'rumoured'}]->(o)
RETURN s.id AS subject, type(f) AS what, o.id AS object, f.phase AS phase, f.id AS fact
ORDER BY subject, what, fact
