"""Analysis of a snapshot: pure functions, each with its definition, its counts and its interval."""

from kb.analysis.logrank import LogRank, logrank
from kb.analysis.retention import Retention, Step, Tenure, Tenures, curve, retention, retention_at

__all__ = [
    "LogRank",
    "Retention",
    "Step",
    "Tenure",
    "Tenures",
    "curve",
    "logrank",
    "retention",
    "retention_at",
]
