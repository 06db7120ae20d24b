// colleagues: who was at the same organizations as a person; their times need not overlap
// param person: id of the person (required)
// column colleague: name; organization: name; title: in the source's words; start: EDTF; end_date: EDTF
// column phase: current or past; certainty: confirmed or reported
// example: person=bert-maher
MATCH (:Person {id: $person})-[mine:EMPLOYED_AT]->(o:Organization)<-[s:EMPLOYED_AT]-(c:Person)
WHERE c.id <> $person AND coalesce(mine.phase, '') <> 'planned' AND coalesce(s.phase, '') <> 'planned'
  AND mine.certainty <> 'rumoured' AND s.certainty <> 'rumoured'
WITH DISTINCT c, o, s
RETURN c.name AS colleague, o.name AS organization, s.title AS title, s.start_text AS start,
  s.end_text AS end_date, s.phase AS phase, s.certainty AS certainty
ORDER BY organization, colleague, s.id
