"""Measures of who moves where: pure functions of a snapshot, and what they answer.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
>>> kb.analysis.careers(snapshot).stated.moved
2
"""

from kb.analysis.careers import Careers, Excluded, Pairs, careers
from kb.analysis.centrality import Centrality, Position, centrality
from kb.analysis.communities import Communities, Community, communities
from kb.analysis.graphs import colleague_graph, flow_graph
from kb.analysis.logrank import LogRank, logrank
from kb.analysis.retention import (
    Point,
    Retention,
    Step,
    Tenure,
    Tenures,
    curve,
    retention,
    retention_at,
)

__all__ = [
    "Careers",
    "Centrality",
    "Communities",
    "Community",
    "Excluded",
    "LogRank",
    "Pairs",
    "Point",
    "Position",
    "Retention",
    "Step",
    "Tenure",
    "Tenures",
    "careers",
    "centrality",
    "colleague_graph",
    "communities",
    "curve",
    "flow_graph",
    "logrank",
    "retention",
    "retention_at",
]
