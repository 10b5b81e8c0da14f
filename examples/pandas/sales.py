#!/usr/bin/env python3
"""Writes a table of sales into a volume as CSV, and reports on it with pandas; neither needs a mount.

    sales.py make URL MEGABYTES
    sales.py report URL

URL is glossa://VOLFILE:/PATH.
"""
import random
import sys
from itertools import count

import fsspec
import glossa.fsspec  # noqa: F401  (fsspec finds it by itself when the package is installed)
import pandas

PRODUCTS = "apples", "bread", "cheese", "dates"
SALES_PER_DAY = 50_000
ROWS_AT_A_TIME = 500_000
MEGABYTE = 10**6


def make(url, megabytes):
    """Writes days of sales until the file has its size."""
    numbers = random.Random(1)
    sales = [f"{numbers.choice(PRODUCTS)},{numbers.randint(1, 9)},{numbers.randint(50, 2000)}\n"
             for _ in range(SALES_PER_DAY)]
    rows = 0
    with fsspec.open(url, "wb") as file:
        file.write(b"day,product,pieces,cents\n")
        for day in count(1):
            file.write("".join(f"{day},{sale}" for sale in sales).encode())
            rows += len(sales)
            if file.tell() >= megabytes * MEGABYTE:
                break
    print(f"{rows} sales in {day} days")


def report(url):
    """Prints sales and turnover of each product. The file is read in parts, so that it need not fit into memory."""
    parts = []
    for part in pandas.read_csv(url, chunksize=ROWS_AT_A_TIME):
        part["euros"] = part.pieces * part.cents / 100
        parts.append(part.groupby("product").euros.agg(sales="count", euros="sum"))
    totals = pandas.concat(parts).groupby(level=0).sum().reset_index()
    print(totals.to_string(index=False, float_format="{:.2f}".format))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["make"] and len(arguments) == 3:
        make(arguments[1], int(arguments[2]))
    elif arguments[:1] == ["report"] and len(arguments) == 2:
        report(arguments[1])
    else:
        sys.exit(__doc__.split("\n\n")[1])
