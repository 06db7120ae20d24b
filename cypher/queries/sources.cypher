// sources: the sources, and how many claims rest on each
// column source: id; name: name; kind: what it is; language: code; published: EDTF, as curated; claims: how many
// example:
MATCH (s:Source)
OPTIONAL MATCH (c:Claim)-[:FROM_SOURCE]->(s)
WITH s, count(c) AS claims
RETURN s.id AS source, s.name AS name, s.kind AS kind, s.language AS language, s.published_text AS published,
  claims
ORDER BY source
