#!/usr/bin/env python3
"""Writes the golden table of European options, computed with mpmath in 60 digits.

The inputs are seeded random draws, each rounded to a double and taken as exact from then on: ordinary
options and every kind of extreme. The implied volatility is that of the price rounded to a double.

    pip install mpmath
    python3 tools/golden-options.py > Tests/TasksTests/Kernels/golden-options.csv

Another seed can be given.
"""

import math
import random
import sys

import mpmath as mp

mp.mp.dps = 60

COLUMNS = (
    "class,spot,strike,rate,dividend,volatility,maturity,type,"
    "price,delta,gamma,vega,theta,rho,implied_volatility,forced_error"
)


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def values(spot, strike, rate, dividend, volatility, maturity, is_put):
    """Price, delta, gamma, vega, theta (per year), rho under Black-Scholes-Merton."""
    s, k, r, q, sigma, t = map(mp.mpf, (spot, strike, rate, dividend, volatility, maturity))
    sign = -1 if is_put else 1
    root = mp.sqrt(t)
    v = sigma * root
    d1 = (mp.log(s / k) + (r - q + sigma * sigma / 2) * t) / v
    d2 = d1 - v
    present_spot, present_strike = s * mp.exp(-q * t), k * mp.exp(-r * t)
    n1, n2 = normal(sign * d1), normal(sign * d2)
    core = present_spot * density(d1)
    return (
        sign * (present_spot * n1 - present_strike * n2),
        sign * mp.exp(-q * t) * n1,
        core / (s * s * v),
        core * root,
        -core * sigma / (2 * root) + sign * (q * present_spot * n1 - r * present_strike * n2),
        sign * t * present_strike * n2,
    )


def implied(option, price):
    """The volatility that gives the price, and the error that half its last place forces."""
    sigma = mp.mpf(option[4])
    for _ in range(60):
        result = values(*option[:4], sigma, *option[5:])
        if result[3] == 0:
            return None
        step = (mp.mpf(price) - result[0]) / result[3]
        if abs(step) > sigma / 100:
            return None
        sigma += step
        if abs(step) < sigma * mp.mpf("1e-30"):
            break
    else:
        return None
    forced = mp.mpf(math.ulp(price)) / 2 / values(*option[:4], sigma, *option[5:])[3]
    return None if forced > sigma / 1000 else (sigma, forced)


def log_uniform(rng, low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def at_distance(rng, draw, low, high, out_of_money):
    """An option whose strike lies the given number of standard deviations from the forward."""
    spot, rate, dividend, volatility, maturity, is_put = draw
    distance = rng.uniform(low, high) * (1 if out_of_money != is_put else -1)
    shift = distance * volatility * math.sqrt(maturity) + (rate - dividend) * maturity
    return (spot, spot * math.exp(shift), rate, dividend, volatility, maturity, is_put)


def draw_plain(rng):
    spot = rng.uniform(20, 200)
    return (
        spot, spot * rng.uniform(0.7, 1.4), rng.uniform(0, 0.08), rng.choice([0.0, rng.uniform(0, 0.05)]),
        rng.uniform(0.08, 0.8), rng.uniform(0.05, 3), rng.random() < 0.5,
    )


def variant(rng, **changes):
    """An ordinary option with some inputs replaced."""
    names = ("spot", "strike", "rate", "dividend", "volatility", "maturity", "is_put")
    option = dict(zip(names, draw_plain(rng)))
    option.update(changes)
    return tuple(option[name] for name in names)


def without_strike(option):
    return option[:1] + option[2:]


def near_forward(rng, **changes):
    """A variant whose strike lies within eight standard deviations of the forward."""
    return at_distance(rng, without_strike(variant(rng, **changes)), 0, 8, rng.random() < 0.5)


CLASSES = {
    "plain": draw_plain,
    "deep_out": lambda rng: at_distance(rng, without_strike(draw_plain(rng)), 4, 34, True),
    "deep_in": lambda rng: at_distance(rng, without_strike(draw_plain(rng)), 4, 34, False),
    "short": lambda rng: near_forward(rng, maturity=log_uniform(rng, 1e-8, 1e-2)),
    "calm": lambda rng: near_forward(rng, volatility=log_uniform(rng, 1e-6, 1e-2)),
    "short_calm": lambda rng: near_forward(
        rng, volatility=log_uniform(rng, 1e-6, 1e-2), maturity=log_uniform(rng, 1e-8, 1e-2)),
    "carried": lambda rng: near_forward(
        rng, volatility=log_uniform(rng, 1e-7, 1e-5), maturity=rng.uniform(2, 50), rate=rng.uniform(-0.05, 0.1)),
    "wild": lambda rng: variant(rng, volatility=rng.uniform(1, 5)),
    "negative_rate": lambda rng: variant(rng, rate=rng.uniform(-0.05, 0)),
    "long": lambda rng: variant(rng, maturity=rng.uniform(20, 50), volatility=rng.uniform(0.05, 5)),
    "subnormal": lambda rng: at_distance(rng, without_strike(draw_plain(rng)), 37.5, 38.4, True),
    "scale": lambda rng: near_forward(rng, spot=log_uniform(rng, 1e-8, 1e12)),
    "same_strike": lambda rng: (lambda o: o[:1] + o[:1] + o[2:])(
        near_forward(rng, volatility=log_uniform(rng, 1e-6, 5), maturity=log_uniform(rng, 1e-8, 50))),
}


def rows(seed, per_class):
    for name, draw in CLASSES.items():
        rng = random.Random(f"{seed} {name}")
        for _ in range(per_class):
            option = draw(rng)
            result = values(*option)
            solved = implied(option, float(result[0]))
            yield name, option, result, solved


def text(x):
    return mp.nstr(x, 18, min_fixed=0, max_fixed=0) if x else "0"


def main():
    print(COLUMNS)
    for name, option, result, solved in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 20, 80):
        fields = [name] + [repr(x) for x in option[:6]] + ["put" if option[6] else "call"]
        fields += [text(x) for x in result]
        fields += [text(solved[0]), mp.nstr(solved[1], 4)] if solved else ["", ""]
        sys.stdout.write(",".join(fields) + "\n")


if __name__ == "__main__":
    main()
