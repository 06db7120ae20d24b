"""Analyses beyond one machine's memory: the same expressions, by DuckDB or by Spark.

>>> import kb
>>> found = flows_at_scale(kb.Snapshot.from_seeds("meta-ai-2025"), from_="meta", to="openai")
>>> [(flow.people, flow.moves) for flow in found]
[(1, 1)]
"""

from kb.scale.flows import ENGINES, flows_at_scale, flows_of_parquet, write_spells
from kb.scale.spark import Spark, local_spark

__all__ = ["ENGINES", "Spark", "flows_at_scale", "flows_of_parquet", "local_spark", "write_spells"]
