#!/usr/bin/env python3
"""Peer: prices of a CSV of options in polars expressions alone, written to a CSV; no greeks.

polars has no error function: the normal distribution is the one of Abramowitz and Stegun 26.2.17, good
to 7.5e-8, which is less work than an exact one.

    .build/peers/bin/python3 benchmarks/peers/csv_polars_native.py options.csv priced.csv
"""

import math
import sys

import polars as pl


def normal(x):
    t = 1 / (1 + 0.2316419 * x.abs())
    series = 0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    tail = (-0.5 * x * x).exp() * (t * series / math.sqrt(2 * math.pi))
    return pl.when(x > 0).then(1 - tail).otherwise(tail)


spot, strike, rate, volatility, maturity = map(pl.col, ("spot", "strike", "rate", "volatility", "maturity"))
sign = pl.when(pl.col("type") == "put").then(-1.0).otherwise(1.0)
table = pl.read_csv(sys.argv[1])
table = table.with_columns(deviation=volatility * maturity.sqrt(), sign=sign)
deviation, sign = pl.col("deviation"), pl.col("sign")
table = table.with_columns(d1=((spot / strike).log() + rate * maturity) / deviation + 0.5 * deviation)
d1 = pl.col("d1")
present = strike * (-rate * maturity).exp()
price = sign * (spot * normal(sign * d1) - present * normal(sign * (d1 - deviation)))
table.with_columns(price=price).drop("deviation", "sign", "d1").write_csv(sys.argv[2])
