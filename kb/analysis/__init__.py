"""Measures of who moves where: pure functions of a snapshot, and what they answer.

>>> import kb
>>> snapshot = kb.Snapshot.from_seeds("meta-ai-2025")
>>> kb.analysis.careers(snapshot).stated.moved
2
"""

from kb.analysis.careers import Careers, Excluded, Pairs, careers

__all__ = ["Careers", "Excluded", "Pairs", "careers"]
