"""Intervals of shares, of ratios of two counts and of rates, exact where that is possible. All at 95 %."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, log, log1p, sqrt
from typing import Final

_Z: Final = 1.959963984540054  # the 97.5 % point of the normal distribution
_TAIL: Final = 0.025


@dataclass(frozen=True)
class Share:
    """`count` of `of`, as a number from 0 to 1 with its interval; no value where `of` is 0."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Ratio:
    """`count` to `against`, with its interval; no value, and no upper end, where `against` is 0."""

    count: int
    against: int
    value: float | None
    low: float
    high: float | None


@dataclass(frozen=True)
class Rate:
    """`count` for each of `over` (people, on average), with its interval; no value where `over` is 0."""

    count: int
    over: float
    value: float | None
    low: float | None
    high: float | None


@cache
def share(count: int, of: int) -> Share:
    """The share of `count` in `of`, with Wilson's score interval.

    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n), where p = count/of, n = of and z = 1.96.
    Unit: from 0 to 1. Source: Wilson (1927), JASA 22, 209-212.

    >>> found = share(3, 10)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.3, 0.11, 0.6)
    """
    if of == 0:
        return Share(count, of, None, None, None)
    p, z2 = count / of, _Z * _Z
    middle, half = p + z2 / (2 * of), _Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if count == 0 else max(0.0, (middle - half) / (1 + z2 / of))
    high = 1.0 if count == of else min(1.0, (middle + half) / (1 + z2 / of))
    return Share(count, of, p, low, high)


@cache
def ratio(count: int, against: int) -> Ratio:
    """The ratio of two counts, with the exact interval that is conditional on their sum.

    Given n = count + against, `count` is binomial with p = r/(1 + r) for the true ratio r; the ends of the
    Clopper-Pearson interval of p, as p/(1 - p), are the ends of the interval of r.
    Unit: none. Source: Clopper and Pearson (1934), Biometrika 26, 404-413; Przyborowski and Wilenski (1940),
    Biometrika 31, 313-323.

    >>> found = ratio(140, 20)
    >>> found.value, round(found.low, 1), round(found.high, 1)
    (7.0, 4.4, 11.8)
    """
    low = 0.0
    if count:
        p = _quantile(lambda x: beta_tail(x, count, against + 1), _TAIL)
        low = p / (1 - p)
    if not against:
        return Ratio(count, against, None, low, None)
    p = _quantile(lambda x: beta_tail(x, count + 1, against), 1 - _TAIL)
    return Ratio(count, against, count / against, low, p / (1 - p))


def rate(count: int, over: float) -> Rate:
    """Events for each of `over`, with Garwood's exact interval of a Poisson count.

    Source: Garwood (1936), Biometrika 28, 437-442.

    >>> found = rate(10, 100)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.1, 0.048, 0.184)
    """
    if over <= 0:
        return Rate(count, over, None, None, None)
    most = 2.0 * count + 20
    low = most * _quantile(lambda x: poisson_tail(count, x * most), _TAIL) if count else 0.0
    high = most * _quantile(lambda x: poisson_tail(count + 1, x * most), 1 - _TAIL)
    return Rate(count, over, count / over, low / over, high / over)


def beta_tail(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function: the share of a Beta(a, b) below `x`.

    By its continued fraction. Source: DLMF 8.17.22, https://dlmf.nist.gov/8.17.

    >>> round(beta_tail(0.5, 2, 3), 4)
    0.6875
    """
    if not 0 < x < 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly
        return 1 - beta_tail(1 - x, b, a)
    scale = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value, step, m = d, 0.0, 0
    while abs(step - 1) > 1e-15 and m < 100_000:
        m += 1
        step = 1.0
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / (1 + term * d), 1 + term / c
            value *= c * d
            step *= c * d
    return scale * value / a


def poisson_tail(count: int, mean: float) -> float:
    """The probability that a Poisson number of this mean is at least `count`, exact for tiny ones too.

    Below the mean one minus the rest, above it the sum of its terms.

    >>> round(poisson_tail(3, 1.0), 4)
    0.0803
    """
    if count <= 0 or mean <= 0:
        return float(count <= 0)
    below = count <= mean
    k = count - 1 if below else count
    term = exp(k * log(mean) - mean - lgamma(k + 1))
    total = 0.0
    while term > total * 1e-17 and k >= 0:
        total += term
        term *= k / mean if below else mean / (k + 1)
        k += -1 if below else 1
    return 1 - total if below else total


def _quantile(cumulative: Callable[[float], float], at: float) -> float:
    """Where a function that grows from 0 at 0 to 1 at 1 reaches `at`, by halving."""
    low, high = 0.0, 1.0
    while high - low > 1e-15 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if cumulative(middle) < at else (low, middle)
    return high
