// events: what happened, and who had a part in it
// param kind: only events of this kind, e.g. reorganization (default: null)
// column date: EDTF, as curated; kind: what it was; event: name; involved: ids; certainty: how sure it is
// example: kind=reorganization
MATCH (e:Event)
WHERE $kind IS NULL OR e.kind = $kind
OPTIONAL MATCH (e)-[i:INVOLVES]->(x)
WITH e, i, x
ORDER BY x.id
WITH e, collect(x.id) AS involved, min(i.certainty) AS certainty
RETURN e.date_text AS date, e.kind AS kind, e.name AS event, involved, certainty
ORDER BY date, e.id
