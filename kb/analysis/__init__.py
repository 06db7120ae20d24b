"""Measures of who moves where: pure functions of a snapshot, and what they answer.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
>>> kb.analysis.careers(snapshot).stated.moved
2
"""

from kb.analysis.careers import Careers, Excluded, Pairs, careers
from kb.analysis.coverage import Coverage, coverage
from kb.analysis.departures import Departure, departures
from kb.analysis.explain import Explained, explain
from kb.analysis.flows import Flow, Matrix, flows, matrix
from kb.analysis.intervals import Rate, Ratio, Share, rate, ratio, share
from kb.analysis.lineage import Suggestion, suggest_lineage
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
    "Coverage",
    "Departure",
    "Excluded",
    "Explained",
    "Flow",
    "LogRank",
    "Matrix",
    "Pairs",
    "Point",
    "Rate",
    "Ratio",
    "Retention",
    "Share",
    "Step",
    "Suggestion",
    "Surprise",
    "Tenure",
    "Tenures",
    "Turnover",
    "careers",
    "coverage",
    "curve",
    "departures",
    "explain",
    "flows",
    "logrank",
    "matrix",
    "rate",
    "ratio",
    "retention",
    "retention_at",
    "share",
    "suggest_lineage",
    "surprise",
    "turnover",
]
