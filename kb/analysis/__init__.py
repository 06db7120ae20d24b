"""Measures of who moves where: pure functions of a snapshot, and what they answer.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
>>> kb.analysis.careers(snapshot).stated.moved
2
"""

from kb.analysis.careers import Careers, Excluded, Pairs, careers
from kb.analysis.centrality import Centrality, Position, centrality
from kb.analysis.communities import Communities, Community, communities
from kb.analysis.coverage import Coverage, coverage
from kb.analysis.departures import Departure, departures
from kb.analysis.explain import Explained, explain
from kb.analysis.flows import Flow, Matrix, flows, matrix
from kb.analysis.graphs import colleague_graph, flow_graph
from kb.analysis.intervals import Rate, Ratio, Share, rate, ratio, share
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
from kb.analysis.surprise import Surprise, surprise
from kb.analysis.turnover import Turnover, turnover

__all__ = [
    "Careers",
    "Centrality",
    "Communities",
    "Community",
    "Coverage",
    "Departure",
    "Excluded",
    "Explained",
    "Flow",
    "LogRank",
    "Matrix",
    "Pairs",
    "Point",
    "Position",
    "Rate",
    "Ratio",
    "Retention",
    "Share",
    "Step",
    "Surprise",
    "Tenure",
    "Tenures",
    "Turnover",
    "careers",
    "centrality",
    "colleague_graph",
    "communities",
    "coverage",
    "curve",
    "departures",
    "explain",
    "flow_graph",
    "flows",
    "logrank",
    "matrix",
    "rate",
    "ratio",
    "retention",
    "retention_at",
    "share",
    "surprise",
    "turnover",
]
