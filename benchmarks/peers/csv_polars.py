#!/usr/bin/env python3
"""Peer: prices of a CSV of options with polars and scipy, written to a CSV; no greeks.

    .build/peers/bin/python3 benchmarks/peers/csv_polars.py options.csv priced.csv
"""

import sys

import numpy as np
import polars as pl
from scipy.special import ndtr

table = pl.read_csv(sys.argv[1])
spot, strike, rate, volatility, maturity = (
    table[name].to_numpy() for name in ("spot", "strike", "rate", "volatility", "maturity")
)
sign = np.where(table["type"].to_numpy() == "put", -1.0, 1.0)
deviation = volatility * np.sqrt(maturity)
d1 = (np.log(spot / strike) + rate * maturity) / deviation + 0.5 * deviation
present = strike * np.exp(-rate * maturity)
price = sign * (spot * ndtr(sign * d1) - present * ndtr(sign * (d1 - deviation)))
table.with_columns(price=pl.Series(price)).write_csv(sys.argv[2])
