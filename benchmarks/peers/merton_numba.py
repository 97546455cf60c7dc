#!/usr/bin/env python3
"""Peer: the loop a Python user compiles with numba, for the Merton model and implied volatility.

Scalar loops on math.erfc, exp and log under njit(fastmath=True), one thread: Newton's method per row for
both equations in two unknowns, Newton's method per day inside the plain volatility iteration, and
Newton's method on implied volatility. Every answer is checked before it is timed. CPU seconds.

    pip install numba
    python3 benchmarks/peers/merton_numba.py
"""

import json
import math
import statistics
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


def fastest(work, repetitions=7):
    work()
    times = []
    for _ in range(repetitions):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main():
    rng = np.random.default_rng(42)
    n = 1 << 17
    equity = np.exp(10 + 2 * rng.standard_normal(n))
    volatility = 0.4 * np.exp(0.5 * rng.standard_normal(n))
    debt = equity * np.exp(-0.5 + 1.2 * rng.standard_normal(n))
    rate = 0.05 * rng.random(n)
    value, sigma, probability = np.empty(n), np.empty(n), np.empty(n)
    report = {}

    two_equation(equity, volatility, debt, rate, 1.0, value, sigma, probability)
    d1 = np.log(value / debt / np.exp(-rate)) / sigma + sigma / 2
    n1 = np.array([normal(x) for x in d1])
    n2 = np.array([normal(x) for x in d1 - sigma])
    miss = np.abs((value * n1 - debt * np.exp(-rate) * n2) / equity - 1) < 1e-9
    report["two_equation_solved"] = float(np.mean(miss))
    seconds = fastest(lambda: two_equation(equity, volatility, debt, rate, 1.0, value, sigma, probability))
    report["two_equation_per_second"] = n / seconds

    days, window = 252 + 95, 252
    assets = 2 * np.exp(np.cumsum(0.3 / math.sqrt(252) * rng.standard_normal(days)))
    owed, rates = np.full(days, 1.0), np.full(days, 0.03)
    e = np.empty(days)
    for k in range(days):
        d = math.log(assets[k] / math.exp(-0.03)) / 0.3 + 0.15
        e[k] = assets[k] * normal(d) - math.exp(-0.03) * normal(d - 0.3)
    windows = days - window + 1
    v, s = np.empty(windows), np.empty(windows)
    taken = iterative(e, owed, rates, window, 1.0, 1e-10, v, s)
    assert np.all(np.abs(v / assets[window - 1 :] - 1) < 0.05)
    seconds = fastest(lambda: iterative(e, owed, rates, window, 1.0, 1e-10, v, s), 3)
    report["iterative_windows_per_second"] = windows / seconds
    report["iterative_asset_values_per_second"] = taken / seconds
    report["iterative_rounds"] = taken / windows / window

    spot, strike = np.full(n, 100.0), 100 * np.exp(0.2 * rng.standard_normal(n))
    maturity, true = rng.uniform(0.2, 2, n), rng.uniform(0.15, 0.6, n)
    k = strike * np.exp(-rate * maturity)
    d = np.log(spot / k) / (true * np.sqrt(maturity)) + true * np.sqrt(maturity) / 2
    price = np.array([a * normal(x) - b * normal(x - y) for a, b, x, y in zip(spot, k, d, true * np.sqrt(maturity))])
    found = np.empty(n)
    implied_volatility(price, spot, strike, rate, maturity, found)
    report["implied_volatility_solved"] = float(np.mean(np.abs(found - true) < 1e-6))
    seconds = fastest(lambda: implied_volatility(price, spot, strike, rate, maturity, found))
    report["implied_volatility_per_second"] = n / seconds
    print(json.dumps(report, indent=2))


main()
