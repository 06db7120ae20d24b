"""Measures of who moves where: pure functions of a snapshot, and what they answer.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
>>> kb.analysis.careers(snapshot).stated.moved
2
"""

from kb.analysis.careers import Careers, Excluded, Pairs, careers
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
    "Excluded",
    "LogRank",
    "Pairs",
    "Point",
    "Retention",
    "Step",
    "Tenure",
    "Tenures",
    "careers",
    "curve",
    "logrank",
    "retention",
    "retention_at",
]
