#!/usr/bin/env python3
"""Writes the golden tables of the Merton model, computed with mpmath in 80 digits.

The inputs are seeded random draws, each rounded to a double and taken as exact from then on. The
first table has both equations solved for ordinary firms and every kind of extreme; the second has
days of a few firms with the iterative method's fixed point for the windows that end on some of them.

    pip install mpmath
    python3 tools/golden-merton.py Tests/TasksTests/Kernels

Another seed can be given behind the folder.
"""

import math
import pathlib
import random
import sys

import mpmath as mp

mp.mp.dps = 80
YEAR = 252


def normal(x):
    if abs(x) > 10**6:  # Beyond what mpmath computes, and beyond 80 digits of 0 or 1.
        return mp.mpf(1 if x > 0 else 0)
    return mp.erfc(-x / mp.sqrt(2)) / 2


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def decimal(x):
    """Eighteen digits; 0 for what is nearer to 0 than to the smallest double."""
    if mp.isinf(x):
        return "inf"
    if abs(x) < mp.mpf(2) ** -1075:
        return "0"
    return mp.nstr(x, 18, strip_zeros=True, min_fixed=0, max_fixed=0)


# Both equations


def two_equation(equity, volatility, debt, rate, maturity):
    """V, sigma_V, d2 and N(-d2), by bisection and then the secant rule on d2."""
    e, vol, d, r, t = map(mp.mpf, (equity, volatility, debt, rate, maturity))
    root, discounted = mp.sqrt(t), d * mp.exp(-r * t)

    def solution(d2):
        weight = 1 + discounted / e * normal(d2)
        sigma = vol / weight
        return e * weight / normal(d2 + sigma * root), sigma

    def mismatch(d2):
        value, sigma = solution(d2)
        s = sigma * root
        return mp.log(value / discounted) / s - s / 2 - d2

    low, high = mp.mpf(-60), mp.mpf(10) ** 7
    for _ in range(70):
        middle = (low + high) / 2
        low, high = (middle, high) if mismatch(middle) > 0 else (low, middle)
    d2 = mp.findroot(mismatch, (low, high), solver="secant", tol=mp.mpf(10) ** -110)
    value, sigma = solution(d2)
    # The equations themselves have the last word.
    d1 = d2 + sigma * root
    assert abs(value * normal(d1) - discounted * normal(d2) - e) < mp.mpf(10) ** -55 * value
    assert abs(normal(d1) * sigma * value / (vol * e) - 1) < mp.mpf(10) ** -55
    assert abs((mp.log(value / discounted) / (sigma * root) - sigma * root / 2) - d2) < mp.mpf(10) ** -45
    return value, sigma, d2, normal(-d2)


def firms(rng):
    """Rows of class, equity, equity volatility, debt, rate, maturity."""

    def log_uniform(low, high):
        return 10 ** rng.uniform(math.log10(low), math.log10(high))

    def ordinary():
        equity = 10 ** rng.gauss(6, 2)
        return [
            equity,
            min(max(0.4 * math.exp(rng.gauss(0, 0.5)), 0.05), 2.5),
            equity * math.exp(rng.gauss(-0.5, 1.2)),
            rng.uniform(0, 0.1),
            rng.choice([1.0, 2.0, 3.0, 4.0, 5.0]),
        ]

    for _ in range(200):
        yield "plain", *ordinary()
    for _ in range(60):
        row = ordinary()
        row[2] = row[0] / log_uniform(1e-3, 0.05)
        row[1] = log_uniform(0.3, 3)
        yield "high-leverage", *row
    for _ in range(60):
        row = ordinary()
        row[2] = row[0] / log_uniform(100, 1e9)
        yield "near-no-debt", *row
    for _ in range(40):
        row = ordinary()
        row[3] = rng.uniform(-0.1, 0)
        yield "negative-rate", *row
    for _ in range(40):
        row = ordinary()
        row[4] = rng.uniform(10, 50)
        yield "long", *row
    for _ in range(40):
        row = ordinary()
        row[4] = log_uniform(0.01, 0.2)
        yield "short", *row
    for _ in range(40):
        row = ordinary()
        row[1] = log_uniform(0.005, 0.05)
        yield "quiet", *row
    for _ in range(40):
        row = ordinary()
        row[1] = rng.uniform(1.5, 5)
        yield "wild", *row
    for _ in range(40):
        row = ordinary()
        scale = log_uniform(1e-8, 1e12) / row[0]
        yield "scale", row[0] * scale, row[1], row[2] * scale, *row[3:]
    for _ in range(140):
        debt = log_uniform(1e-3, 1e6)
        yield (
            "everything",
            debt * log_uniform(1e-6, 1e9),
            log_uniform(0.005, 5),
            debt,
            rng.uniform(-0.1, 0.25),
            log_uniform(0.01, 50),
        )


# The iterative method


def asset_value(equity, discounted, s):
    value = equity + discounted
    if discounted == 0:
        return value
    for _ in range(300):
        d1 = mp.log(value / discounted) / s + s / 2
        n1 = normal(d1)
        step = (value * n1 - discounted * normal(d1 - s) - equity) / n1
        value -= step
        if abs(step) < mp.mpf(10) ** -50 * value:
            return value
    raise ArithmeticError("no asset value")


def deviation(values):
    returns = [mp.log(b / a) for a, b in zip(values, values[1:])]
    mean = sum(returns) / len(returns)
    return mp.sqrt(YEAR * sum((x - mean) ** 2 for x in returns) / (len(returns) - 1)), mean


def iterative(days, maturity):
    """V, sigma_V, d2, N(-d2) and the drift 252 m + sigma_V^2 / 2 on the last day of a window."""
    equity = [mp.mpf(e) for e, _, _ in days]
    discounted = [mp.mpf(d) * mp.exp(-mp.mpf(r) * maturity) for _, d, r in days]
    root = mp.sqrt(maturity)

    def following(sigma):
        values = [asset_value(e, f, sigma * root) for e, f in zip(equity, discounted)]
        return deviation(values), values[-1]

    sigma = deviation(equity)[0] * equity[-1] / (equity[-1] + mp.mpf(days[-1][1]))
    before = None
    for _ in range(200):
        (target, mean), value = following(sigma)
        miss = target - sigma
        if abs(miss) < mp.mpf(10) ** -30 * sigma:
            break
        # The plain iteration leads to the root; the secant rule gives it the digits.
        step = miss
        if before is not None and abs(miss) < mp.mpf("1e-4") * sigma:
            step = miss * (sigma - before[0]) / (before[1] - miss)
        before = (sigma, miss)
        sigma += step
    else:
        raise ArithmeticError("no fixed point")
    s = sigma * root
    if discounted[-1] == 0:
        return value, sigma, mp.inf, mp.mpf(0), YEAR * mean + sigma**2 / 2
    distance = mp.log(value / discounted[-1]) / s - s / 2
    return value, sigma, distance, normal(-distance), YEAR * mean + sigma**2 / 2


def histories(rng):
    """Name, maturity and days (equity, debt, rate) of a few firms."""
    for name, leverage, volatility, maturity in [
        ("ordinary", 0.8, 0.25, 1.0),
        ("safe", 0.05, 0.35, 1.0),
        ("levered", 6.0, 0.08, 5.0),
        ("distressed", 1.2, 0.3, 2.0),
        ("bank", 20.0, 0.03, 1.0),
        ("repaid", 0.5, 0.3, 3.0),
        ("deflation", 1.0, 0.2, 5.0),
    ]:
        assets, debt, rate = 1.0 + leverage, leverage, 0.03
        if name == "deflation":
            rate = -0.01
        if name == "distressed":
            assets = 1.25
        days = []
        for day in range(32):
            assets *= math.exp(rng.gauss(0, volatility / math.sqrt(YEAR)))
            rate += rng.gauss(0, 2e-4)
            if day % 8 == 7:
                debt *= math.exp(rng.gauss(0, 0.03 / (1 + leverage)))
            if name == "repaid" and day == 26:
                debt = 0.0
            s = volatility * math.sqrt(maturity)
            f = debt * math.exp(-rate * maturity)
            equity = assets
            if f > 0:
                d1 = math.log(assets / f) / s + s / 2
                equity = assets * float(normal(d1)) - f * float(normal(d1 - s))
            days.append((equity * 1e6, debt * 1e6, rate))
        yield name, maturity, days


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 20240521)
    with open(folder / "golden-merton.csv", "w", encoding="ascii") as table:
        print(
            "class,equity,equity_volatility,debt,rate,maturity,"
            "asset_value,asset_volatility,distance,probability",
            file=table,
        )
        for name, *row in firms(rng):
            found = ",".join(map(decimal, two_equation(*row)))
            print(name, *map(repr, row), found, sep=",", file=table)
    window = 20
    with open(folder / "golden-merton-series.csv", "w", encoding="ascii") as table:
        print(
            "firm,maturity,equity,debt,rate,asset_value,asset_volatility,distance,probability,drift",
            file=table,
        )
        for name, maturity, days in histories(rng):
            for day, values in enumerate(days):
                found = ",,,,"
                if day in (19, 24, 29, 31):
                    found = ",".join(map(decimal, iterative(days[day - window + 1 : day + 1], maturity)))
                print(name, maturity, *map(repr, values), found, sep=",", file=table)


main()
