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
from kb.analysis.diaspora import Diaspora, Founder, Place, diaspora
from kb.analysis.explain import Explained, explain
from kb.analysis.exposure import Contributor, Exposure, exposure
from kb.analysis.feeders import Channel, Channels, destinations, feeders
from kb.analysis.flows import Flow, Matrix, flows, matrix
from kb.analysis.graphs import colleague_graph, flow_graph
from kb.analysis.groups import Group, Groups, groups
from kb.analysis.intervals import Rate, Ratio, Share, rate, ratio, share
from kb.analysis.lineage import Suggestion, suggest_lineage
from kb.analysis.logrank import LogRank, logrank
from kb.analysis.paths import Hop, Path, Paths, introductions, routes
from kb.analysis.reduction import FlowCount, reduce_flows
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
from kb.analysis.returns import Return, Returns, returns
from kb.analysis.sequences import Sequence, Sequences, sequences
from kb.analysis.stays import ShortStays, Stays, short_stays
from kb.analysis.surprise import Surprise, surprise
from kb.analysis.turnover import Turnover, turnover

__all__ = [
    "Careers",
    "Centrality",
    "Channel",
    "Channels",
    "Communities",
    "Community",
    "Contributor",
    "Coverage",
    "Departure",
    "Diaspora",
    "Excluded",
    "Explained",
    "Exposure",
    "Flow",
    "FlowCount",
    "Founder",
    "Group",
    "Groups",
    "Hop",
    "LogRank",
    "Matrix",
    "Pairs",
    "Path",
    "Paths",
    "Place",
    "Point",
    "Position",
    "Rate",
    "Ratio",
    "Retention",
    "Return",
    "Returns",
    "Sequence",
    "Sequences",
    "Share",
    "ShortStays",
    "Stays",
    "Step",
    "Suggestion",
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
    "destinations",
    "diaspora",
    "explain",
    "exposure",
    "feeders",
    "flow_graph",
    "flows",
    "groups",
    "introductions",
    "logrank",
    "matrix",
    "rate",
    "ratio",
    "reduce_flows",
    "retention",
    "retention_at",
    "returns",
    "routes",
    "sequences",
    "share",
    "short_stays",
    "suggest_lineage",
    "surprise",
    "turnover",
]
