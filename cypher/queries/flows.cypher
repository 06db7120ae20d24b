// flows: how many people moved from one organization to another
// param least: only flows of at least so many people (default: 1)
// column origin: id; destination: id; people: how many; moves: how many times; first: day; last: day
// example: least=1
MATCH (a:Organization)-[f:TALENT_FLOW]->(b:Organization)
WHERE f.people >= $least
RETURN a.id AS origin, b.id AS destination, f.people AS people, f.moves AS moves, f.first AS first,
  f.last AS last
ORDER BY people DESC, origin, destination
