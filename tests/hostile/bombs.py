"""Bodies of 300 MB, packed small; each is made when first asked for, for it takes a while."""

import gzip
from functools import cache

import zstandard

SIZE = 300_000_000


@cache
def gzip_bomb() -> bytes:
    return gzip.compress(b" " * SIZE, 9)


@cache
def zstd_bomb() -> bytes:
    return zstandard.compress(b" " * SIZE)
