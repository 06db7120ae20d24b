// claims: what sources say about a fact, with the place in each source
// param fact: id of the fact, as `kb show` prints it (required)
// column source: name; locator: place in the source; polarity: asserts or denies; certainty: how the source says it
// column retracted: whether it was taken back; note: in the curator's own words; claim: id
// example: fact=bert-maher:employed_at:meta:1
MATCH (c:Claim {fact: $fact})-[:FROM_SOURCE]->(s:Source)
RETURN s.name AS source, c.locator AS locator, c.polarity AS polarity, c.certainty AS certainty,
  c.retracted AS retracted, c.note AS note, c.id AS claim
ORDER BY source, claim
