#!/usr/bin/env python3
"""Computes the coefficients of the vector kernels with mpmath and prints them.

Every fit interpolates at Chebyshev nodes in 60-digit arithmetic, which for these smooth functions
is within a small factor of the best possible, and prints the worst relative error it leaves.

    python3 tools/fit-kernels.py
"""

import mpmath as mp

mp.mp.dps = 60


def polynomial(f, degree, low, high):
    """The polynomial through f at Chebyshev nodes of [low, high], lowest power first."""
    n = degree + 1
    nodes = [mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    xs = [(low + high) / 2 + (high - low) / 2 * u for u in nodes]
    matrix = mp.matrix(n, n)
    for i, x in enumerate(xs):
        for j in range(n):
            matrix[i, j] = x**j
    solution = mp.lu_solve(matrix, mp.matrix([f(x) for x in xs]))
    return [solution[j] for j in range(n)]


def rational(f, top, bottom, centre):
    """P over Q of the degrees, through f at Chebyshev nodes of z / (z + centre), Q monic."""
    count = top + bottom + 1
    us = [(1 - mp.cos(mp.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
    matrix, right = mp.matrix(count, count), mp.matrix(count, 1)
    for i, u in enumerate(us):
        z = centre * u / (1 - u)
        value, scale = f(z), (z + centre) ** -bottom
        for j in range(top + 1):
            matrix[i, j] = z**j * scale
        for j in range(1, bottom + 1):
            matrix[i, top + j] = -value * z**j * scale
        right[i] = value * scale
    x = mp.lu_solve(matrix, right)
    p = [x[j] for j in range(top + 1)]
    q = [mp.mpf(1)] + [x[top + j] for j in range(1, bottom + 1)]
    return [c / q[-1] for c in p], [c / q[-1] for c in q]


def evaluate(coefficients, x):
    return mp.polyval(coefficients[::-1], x)


def mills(z):
    """(1 - N(z)) / n(z), for any real z."""
    if z < 60:
        return mp.erfc(z / mp.sqrt(2)) * mp.exp(z * z / 2) * mp.sqrt(mp.pi / 2)
    tail = mp.mpf(0)
    for k in range(200, 0, -1):
        tail = k / (z + tail)
    return 1 / (z + tail)


def mills_slope(z):
    """-R'(z) = 1 - z R(z), positive and falling."""
    with mp.workdps(90):
        return +(1 - z * mills(z))


def report(name, coefficients):
    print(name)
    for c in coefficients:
        print("   ", repr(float(c)))


def half_line_error(f, p, q, centre):
    points = [centre * mp.mpf(i) / 1000 / (1 - mp.mpf(i) / 1000) for i in range(1, 1000)]
    return max(abs(evaluate(p, z) / evaluate(q, z) / f(z) - 1) for z in points)


def interval_error(f, p, low, high):
    points = [low + (high - low) * mp.mpf(i) / 1001 for i in range(1, 1001)]
    return max(abs(evaluate(p, x) / f(x) - 1) for x in points)


def main():
    width = mp.log(2) / 2 * mp.mpf("1.0001")
    series = lambda r: (mp.exp(r) - 1 - r) / r**2
    p = polynomial(series, 9, -width, width)
    print("exp: (e^r - 1 - r) / r^2, error", mp.nstr(interval_error(series, p, -width, width), 3))
    report("  lowest power first", p)

    def arc(w):
        s = mp.sqrt(w)
        return (mp.log((1 + s) / (1 - s)) - 2 * s) / s**3

    low, high = mp.mpf("1e-20"), mp.mpf("0.0401")
    p = polynomial(arc, 7, low, high)
    print("log: (log((1+s)/(1-s)) - 2s) / s^3 in s^2, error", mp.nstr(interval_error(arc, p, low, high), 3))
    report("  lowest power first", p)

    def arc_rest(w):
        return (arc(w) - mp.mpf(2) / 3) / w

    low = mp.mpf("1e-8")
    p = polynomial(arc_rest, 7, low, high)
    print("log: the same less 2/3, over s^2, error", mp.nstr(interval_error(arc_rest, p, low, high), 3))
    report("  lowest power first", p)

    p, q = rational(mills, 10, 11, mp.mpf(4))
    print("Mills ratio on [0, inf), error", mp.nstr(half_line_error(mills, p, q, mp.mpf(4)), 3))
    report("  numerator", p)
    report("  denominator", q)

    shifted = lambda w: mills_slope(w - mp.mpf("0.6"))
    p, q = rational(shifted, 11, 13, mp.mpf(4))
    error = half_line_error(shifted, p, q, mp.mpf(4))
    print("slope -R'(w - 0.6) on [0, inf), error", mp.nstr(error, 3))
    report("  numerator", p)
    report("  denominator", q)

    print("Gauss-Legendre, 10 nodes on [-1, 1]: node, weight")
    for x in sorted(mp.polyroots(mp.taylor(lambda t: mp.legendre(10, t), 0, 10)[::-1], 200, extraprec=200)):
        slope = mp.diff(lambda t: mp.legendre(10, t), x)
        print("   ", repr(float(x)), repr(float(2 / ((1 - x * x) * slope**2))))


if __name__ == "__main__":
    main()
