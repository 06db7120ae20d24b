"""SpringRank: organizations on one line, so that moves lead upwards by about one step."""

from typing import Any, Final

from kb.analysis.extras import extra
from kb.analysis.graphs import Edges
from kb.analysis.measures import SEED, Values
from kb.errors import NotEnoughData

ALPHA: Final = 1.0
LEAST: Final = 100  # moves: with fewer the order is mostly chance
DRAWS: Final = 200


def springrank(edges: Edges) -> Values:
    """SpringRank, arrivals win: who moves from a to b says that b stands above a.

    The ranks s make the energy H(s) = ½ Σ A_ab (s_b - s_a - 1)² + ½ α Σ s_a² least, where A_ab is the number
    of moves from a to b and α is 1; that is (D + αI - A - Aᵀ) s = k_in - k_out, D the diagonal of all moves.
    Unit: steps; a move leads one step up if nothing speaks against it. The mean of all is 0.
    Band: the middle 95 % over 200 draws of as many moves with replacement.
    Raises: NotEnoughData under 100 moves; MissingExtra.
    Source: De Bacco, Larremore and Moore (2018), Science Advances 4, eaar8260.
    """
    np = extra("numpy")
    moves = np.asarray(edges.counts, dtype=np.int64)
    total = int(moves.sum())
    if total < LEAST:
        what = f"SpringRank needs {LEAST} moves, and there {'is' if total == 1 else 'are'} {total}"
        raise NotEnoughData(what, hint="Choose another measure, e.g. pagerank")
    tails, heads, n = np.asarray(edges.tails), np.asarray(edges.heads), len(edges.ids)
    value = spring_ranks(tails, heads, moves.astype(float), n)
    draw = np.random.default_rng(SEED)
    drawn = [
        spring_ranks(tails, heads, weights.astype(float), n, near=value)
        for weights in draw.multinomial(total, moves / total, size=DRAWS)
    ]
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return Values(value.tolist(), f"band from {DRAWS} draws of {total:,} moves", low.tolist(), high.tolist())


def spring_ranks(tails: Any, heads: Any, weights: Any, n: int, *, near: Any = None) -> Any:
    """The ranks that make the energy least; `near` is where to begin."""
    np, sparse, linalg = extra("numpy"), extra("scipy.sparse"), extra("scipy.sparse.linalg")
    moves = sparse.csr_array((weights, (tails, heads)), shape=(n, n))
    arrived, left = moves.sum(axis=0), moves.sum(axis=1)
    diagonal = arrived + left + ALPHA
    springs = (sparse.diags_array(diagonal) - moves - moves.T).tocsr()
    scaled = linalg.LinearOperator((n, n), lambda x: x / diagonal)  # Jacobi
    ranks, failed = linalg.cg(springs, arrived - left, x0=near, rtol=1e-10, maxiter=20 * n + 100, M=scaled)
    if failed or not np.isfinite(ranks).all():
        raise NotEnoughData("SpringRank found no least energy", hint="Choose another measure")
    return ranks
