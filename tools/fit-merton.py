#!/usr/bin/env python3
"""Prints the coefficients of the Merton kernels' Mills ratio and rough exponential.

The Mills ratio is a quotient of polynomials, fitted with relative weights by repeated linear least
squares: each round takes the last denominator as weight, and raises the weights where the error is
largest. The exponential interpolates at the Chebyshev nodes of |r| <= ln 2 / 2.

    pip install mpmath
    python3 tools/fit-merton.py
"""

import mpmath as mp

mp.mp.dps = 60


def mills(z):
    return mp.sqrt(mp.pi / 2) * mp.exp(z * z / 2) * mp.erfc(z / mp.sqrt(2))


def value(coefficients, z):
    return sum(c * z**k for k, c in enumerate(coefficients))


def nodes(count, largest):
    """Points of 0 ..< largest, dense at both ends of z / (z + 2)."""
    for j in range(count):
        u = largest / (largest + 2) * (1 - mp.cos(mp.pi * (j + mp.mpf(1) / 2) / count)) / 2
        yield 2 * u / (1 - u)


def fit_mills(degree, largest, count, rounds):
    """Numerator and monic denominator, one degree apart, and the largest relative error."""
    points = list(nodes(count, largest))
    exact = [mills(z) for z in points]
    weights = [mp.mpf(1)] * count
    scale = [(1 + z) ** degree for z in points]
    best = None
    for turn in range(rounds):
        rows, right = mp.matrix(count, 2 * degree), mp.matrix(count, 1)
        for i, (z, f) in enumerate(zip(points, exact)):
            w = mp.sqrt(weights[i]) / (f * scale[i])
            for k in range(degree):
                rows[i, k], rows[i, degree + k] = w * z**k, -w * f * z**k
            right[i] = w * f * z**degree
        found = list(mp.lu_solve(rows.T * rows, rows.T * right))
        p, q = found[:degree], found[degree:] + [mp.mpf(1)]
        scale = [value(q, z) for z in points]
        errors = [abs(value(p, z) / s / f - 1) for z, s, f in zip(points, scale, exact)]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = worst, p, q
        if turn >= 3:
            weights = [w * (e / worst + mp.mpf("0.02")) for w, e in zip(weights, errors)]
            total = sum(weights)
            weights = [w * count / total for w in weights]
    return best


def fit_exponential(degree):
    half = mp.log(2) / 2 * mp.mpf("1.0005")
    points = [half * mp.cos(mp.pi * (j + mp.mpf(1) / 2) / (degree + 1)) for j in range(degree + 1)]
    rows = mp.matrix(degree + 1, degree + 1)
    for i, r in enumerate(points):
        for k in range(degree + 1):
            rows[i, k] = r**k
    found = list(mp.lu_solve(rows, mp.matrix([mp.exp(r) for r in points])))
    grid = [half * (mp.mpf(i) / 200 - 1) for i in range(401)]
    return max(abs(value(found, r) / mp.exp(r) - 1) for r in grid), found


def show(name, error, *rows):
    print(f"{name}: relative error {mp.nstr(error, 3)}")
    for row in rows:
        print("  ", ", ".join(mp.nstr(c, 18, min_fixed=-1, max_fixed=1) for c in row))


show("Mills ratio", *fit_mills(10, mp.mpf(39), count=200, rounds=22))
show("rough Mills ratio", *fit_mills(4, mp.mpf(39), count=80, rounds=22))
show("rough exponential", *fit_exponential(5))
