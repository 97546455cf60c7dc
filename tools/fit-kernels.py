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


def moved(coefficients, shift):
    """The polynomial p(x + shift)."""
    n = len(coefficients)
    terms = lambda j: (coefficients[k] * mp.binomial(k, j) * shift ** (k - j) for k in range(j, n))
    return [sum(terms(j)) for j in range(n)]


def bezoutian(p, q):
    """(p(x) q(y) - p(y) q(x)) / (y - x) as rows of coefficients of s^i, one for each power of p.

    s = x + y and p = x y.
    """
    size = max(len(p), len(q))
    p = p + [mp.mpf(0)] * (size - len(p))
    q = q + [mp.mpf(0)] * (size - len(q))
    # (y^k - x^k) / (y - x) is a polynomial in s and p, by a recurrence in k.
    powers = [{(0, 0): mp.mpf(1)}, {(1, 0): mp.mpf(1)}]
    for _ in range(2, size):
        following = {}
        for (i, j), c in powers[-1].items():
            following[i + 1, j] = following.get((i + 1, j), 0) + c
        for (i, j), c in powers[-2].items():
            following[i, j + 1] = following.get((i, j + 1), 0) - c
        powers.append(following)
    rows = [[mp.mpf(0)] * (size - 1 - j) for j in range(size - 1)]
    for i in range(size):
        for j in range(i + 1, size):
            weight = p[i] * q[j] - p[j] * q[i]
            for (k, m), c in powers[j - i - 1].items():
                rows[m + i][k] += weight * c
    return rows


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


def difference(top, bottom, centre, shift):
    """The tables for R(x) - R(y) for x and y from -shift on, and the error they leave."""
    p, q = rational(lambda w: mills(w - shift), top, bottom, centre)
    p, q = moved(p, shift), moved(q, shift)
    rows = bezoutian(p, q)
    zs = [centre * mp.mpf(i) / 200 / (1 - mp.mpf(i) / 200) - shift for i in range(200)]
    slope = lambda z: evaluate([evaluate(row, 2 * z) for row in rows], z * z) / evaluate(q, z) ** 2
    error = max(abs(slope(z) / mills_slope(z) - 1) for z in zs)
    assert min(p) > 0 and min(q) > 0 and min(min(row) for row in rows) > 0
    return rows, q, error


# The guess of a volatility: with E = x / (b sqrt(2 pi)) and small v, a exp(a^2 / 2) / -R'(a) = E.


def log_ratio(a):
    return a * a / 2 + mp.log(a / mills_slope(a))


def guess_fit():
    """a / w for w = log(1 + E), a quotient of quadratics that begin with 1, at four places."""
    places = [mp.mpf(w) for w in ("0.333", "1.6", "12.3", "30.4")]
    matrix, right = mp.matrix(4, 4), mp.matrix(4, 1)
    for i, w in enumerate(places):
        level = mp.log(mp.expm1(w))
        a = mp.findroot(lambda a: log_ratio(a) - level, (w / 20, 2 * w), solver="anderson")
        ratio = a / w
        for j in (0, 1):
            matrix[i, j], matrix[i, 2 + j] = w ** (j + 1), -ratio * w ** (j + 1)
        right[i] = ratio - 1
    return list(mp.lu_solve(matrix, right))


def guessed(fit, a):
    w = mp.log1p(mp.exp(log_ratio(a)))
    return w * (1 + w * (fit[0] + fit[1] * w)) / (1 + w * (fit[2] + fit[3] * w))


def guess_of(fit, a, v):
    """The guesses of a and v for the option with these a and v, before what follows from v."""
    t = v / 2
    b = mp.exp(-(a * a + t * t) / 2) * (mills(a - t) - mills(a + t)) / mp.sqrt(2 * mp.pi)
    w = mp.log1p(a * v / (b * mp.sqrt(2 * mp.pi)))
    first = w * (1 + w * (fit[0] + fit[1] * w)) / (1 + w * (fit[2] + fit[3] * w))
    return first, a * v / first


def factor_fit(fit):
    """The c in v = v0 (1 + v0^2 / (24 + c0 a + c1 a^2 + c2 v0^2)), by least squares."""
    places = []
    for i in range(1, 15):
        for j in range(0, 16):
            v, a = mp.mpf(i) / 10, mp.mpf(j * j) / 40 + mp.mpf("0.02")
            if v / 2 - a < 0.65:
                places.append((v, *guess_of(fit, a, v)))
    c = mp.matrix(["5", "7", "-2.5"])
    for _ in range(6):
        slopes, rest = [], []
        for v, a, v0 in places:
            bottom = 24 + c[0] * a + c[1] * a**2 + c[2] * v0**2
            slopes.append([-(v0**2) / bottom**2 * k for k in (a, a**2, v0**2)])
            rest.append(v / v0 - 1 - v0**2 / bottom)
        c += mp.qr_solve(mp.matrix(slopes), mp.matrix(rest))[0]
    return list(c)


def guess_error(fit, factor):
    worst = 0
    for i in range(1, 28):
        for j in range(0, 40):
            v, a = mp.mpf(i) / 20, mp.mpf(j) / 8 + mp.mpf("0.01")
            if v / 2 - a < 0.65:
                first, v0 = guess_of(fit, a, v)
                bottom = 24 + factor[0] * first + factor[1] * first**2 + factor[2] * v0**2
                worst = max(worst, abs(v0 * (1 + v0**2 / bottom) / v - 1))
    return worst


def report(name, coefficients):
    print(name)
    for c in coefficients:
        print("   ", repr(float(c)))


def report_rows(rows):
    for power, row in enumerate(rows):
        report(f"  numerator, p^{power}, powers of s", row)


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

    rows, q, error = difference(12, 13, mp.mpf("3.4"), mp.mpf("0.6"))
    print("R(x) - R(y) from -0.6 on, error", mp.nstr(error, 3))
    report_rows(rows)
    report("  denominator", q)
    report("  denominator, of z + 0.5", moved(q, mp.mpf("-0.5")))
    print("  lower halves of the constants")
    for c in rows[0][0], q[0], moved(q, mp.mpf("-0.5"))[0]:
        print("   ", repr(float(c - float(c))))
    rows, q, error = difference(5, 6, mp.mpf("2.2"), mp.mpf("0.75"))
    print("the same from -0.75 on, coarse, error", mp.nstr(error, 3))
    report_rows(rows)
    report("  denominator", q)

    coarse = lambda f: mp.log1p(f) / f
    low, high = mp.mpf("-0.2500001"), mp.mpf("0.5000001")
    p = polynomial(coarse, 8, low, high)
    print("coarse log: log(1 + f) / f, error", mp.nstr(interval_error(coarse, p, low, high), 3))
    report("  lowest power first", p)

    fit = guess_fit()
    factor = factor_fit(fit)
    print("guess of a volatility, error", mp.nstr(guess_error(fit, factor), 3))
    report("  w: numerator and denominator", fit)
    report("  factor: a, a^2, v^2", factor)


if __name__ == "__main__":
    main()
