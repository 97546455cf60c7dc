#!/usr/bin/env python3
"""Peer: the loop a Python user compiles with numba, for the Merton model and implied volatility.

Scalar loops on math.erfc, exp and log under njit(fastmath=True), one thread: Newton's method per row for
both equations in two unknowns, Newton's method per day inside the plain volatility iteration, and
Newton's method on implied volatility. Every answer is checked before it is timed. CPU seconds.

    tools/peers.sh
    .build/peers/bin/python3 benchmarks/peers/merton_numba.py DIRECTORY

Reads `check NAME` and `time NAME` from its standard input and answers each with a line: `ok` or what
is wrong, and the CPU seconds of one run over the columns in DIRECTORY.
"""

import math
import sys
import time

import numba
import numpy as np

ROOT2 = math.sqrt(2.0)
DENSITY = 1 / math.sqrt(2 * math.pi)
compiled = numba.njit(fastmath=True, parallel=False, error_model="numpy")


@compiled
def normal(x):
    return 0.5 * math.erfc(-x / ROOT2)


@compiled
def two_equation(equity, volatility, debt, rate, maturity, value, asset_volatility, probability):
    """Newton on log V and log sigma_V from V = E + F."""
    root = math.sqrt(maturity)
    for i in range(equity.size):
        e, vol, f = equity[i], volatility[i], debt[i] * math.exp(-rate[i] * maturity)
        v, sigma = e + f, vol * e / (e + f)
        d2 = 0.0
        for _ in range(100):
            s = sigma * root
            d1 = math.log(v / f) / s + 0.5 * s
            d2 = d1 - s
            n1, n2 = normal(d1), normal(d2)
            p1 = DENSITY * math.exp(-0.5 * d1 * d1)
            g = (v * n1 - f * n2) / e - 1
            h = n1 * sigma * v / (vol * e) - 1
            # Slopes in log V and log sigma_V.
            gv, gs = v * n1 / e, v * p1 * s / e
            hv = (n1 + p1 / s) * sigma * v / (vol * e)
            hs = (n1 - p1 * d2) * sigma * v / (vol * e)
            det = gv * hs - gs * hv
            dv, ds = (g * hs - h * gs) / det, (h * gv - g * hv) / det
            dv, ds = min(max(dv, -1.0), 1.0), min(max(ds, -1.0), 1.0)
            v *= math.exp(-dv)
            sigma *= math.exp(-ds)
            if abs(dv) + abs(ds) < 1e-13:
                break
        value[i], asset_volatility[i], probability[i] = v, sigma, normal(-d2)


@compiled
def asset_value(equity, discounted, s):
    v = equity + discounted
    for _ in range(100):
        d1 = math.log(v / discounted) / s + 0.5 * s
        n1 = normal(d1)
        step = (v * n1 - discounted * normal(d1 - s) - equity) / n1
        v -= step
        if step <= 1e-14 * v:
            break
    return v


@compiled
def iterative(equity, debt, rate, window, maturity, tolerance, value, asset_volatility):
    """The plain iteration for every window; returns how many asset values it took."""
    root, taken, n = math.sqrt(maturity), 0, window - 1
    logs = np.empty(window)
    for last in range(window - 1, equity.size):
        first = last - n
        mean, squares = math.log(equity[last] / equity[first]) / n, 0.0
        for k in range(first + 1, last + 1):
            squares += (math.log(equity[k] / equity[k - 1]) - mean) ** 2
        sigma = math.sqrt(252 * squares / (n - 1)) * equity[last] / (equity[last] + debt[last])
        for _ in range(200):
            for k in range(window):
                f = debt[first + k] * math.exp(-rate[first + k] * maturity)
                logs[k] = math.log(asset_value(equity[first + k], f, sigma * root))
            taken += window
            mean, squares = (logs[n] - logs[0]) / n, 0.0
            for k in range(1, window):
                squares += (logs[k] - logs[k - 1] - mean) ** 2
            target = math.sqrt(252 * squares / (n - 1))
            move = abs(target - sigma)
            sigma = target
            if move <= tolerance * sigma:
                break
        value[last - n], asset_volatility[last - n] = math.exp(logs[n]), sigma
    return taken


@compiled
def implied_volatility(price, spot, strike, rate, maturity, result):
    for i in range(price.size):
        root, k = math.sqrt(maturity[i]), strike[i] * math.exp(-rate[i] * maturity[i])
        sigma = max(math.sqrt(2 * abs(math.log(spot[i] / k)) / maturity[i]), 0.1)
        for _ in range(100):
            s = sigma * root
            d1 = math.log(spot[i] / k) / s + 0.5 * s
            miss = spot[i] * normal(d1) - k * normal(d1 - s) - price[i]
            step = miss / (spot[i] * DENSITY * math.exp(-0.5 * d1 * d1) * root)
            sigma = max(sigma - step, 0.1 * sigma)
            if abs(step) < 1e-12:
                break
        result[i] = sigma


class Inputs:
    """Columns of doubles in files that the benchmark wrote, and what each kernel is to find."""

    def __init__(self, directory):
        def columns(name, count):
            return np.fromfile(f"{directory}/{name}.f64").reshape(count, -1)

        firms = columns("two_equation", 5)
        series, (expected,) = columns("series", 3), columns("series_values", 1)
        options = columns("implied", 6)
        window = series.shape[1] - expected.size + 1
        firm_room, series_room = np.empty_like(firms[:3]), np.empty((2, expected.size))
        option_room = np.empty_like(options[0])
        self.work = {
            "two_equation": lambda: two_equation(*firms[:4], 1.0, *firm_room),
            "iterative": lambda: iterative(*series, window, 1.0, 1e-10, *series_room),
            "implied": lambda: implied_volatility(*options[:5], option_room),
        }
        self.answers = {
            "two_equation": (firm_room[0], firms[4], 1e-9),
            "iterative": (series_room[0], expected, 1e-8),
            "implied": (option_room, options[5], 1e-6),
        }

    def check(self, name):
        self.work[name]()
        found, expected, tolerance = self.answers[name]
        worst = float(np.max(np.abs(found / expected - 1)))
        return "ok" if worst <= tolerance else f"off by {worst:.1e}"

    def time(self, name):
        start, runs = time.process_time(), 0
        while time.process_time() - start < 0.05:
            self.work[name]()
            runs += 1
        return repr((time.process_time() - start) / runs)


def main():
    inputs = Inputs(sys.argv[1])
    for line in sys.stdin:
        request, name = line.split()
        print(inputs.check(name) if request == "check" else inputs.time(name), flush=True)


main()
