// teams: what an organization is made of, with the number of people known in each part
// param org: id of the organization at the top (required)
// column team: id; name: name; part_of: id of what it belongs to; how: in what way; people: known members
// example: org=meta
MATCH (t:Organization)-[r:PART_OF]->(above:Organization)-[:PART_OF*0..4]->(:Organization {id: $org})
WITH DISTINCT t, r, above
OPTIONAL MATCH (p:Person)-[:MEMBER_OF|LEADS|EMPLOYED_AT]->(t)
WITH t, r, above, count(DISTINCT p) AS people
RETURN t.id AS team, t.name AS name, above.id AS part_of, r.how AS how, people
ORDER BY part_of, team
