// statistics: figures that sources report about an organization
// param org: id of the organization (required)
// column figure: name; part: subject, from or to; qualifier: how the source limits it; value: the figure
// column lower: of a range; upper: of a range; unit: what is counted; period: EDTF, as curated
// column certainty: confirmed, reported or rumoured
// example: org=meta
MATCH (f:Statistic)-[a:ABOUT]->(:Organization {id: $org})
RETURN f.name AS figure, a.`as` AS part, f.qualifier AS qualifier, f.value AS value, f.lower AS lower,
  f.upper AS upper, f.unit AS unit, f.period_text AS period, f.certainty AS certainty
ORDER BY figure, f.id, part
