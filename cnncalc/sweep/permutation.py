"""Numbers in an order that looks random, each computed without the others."""

from __future__ import annotations

import hashlib

ROUNDS = 4


def permuted(number: int, size: int, seed: int) -> int:
    """The number at a position of a permutation of `range(size)`, which the seed selects.

    A Feistel network permutes the numbers of an even number of bits (Luby and Rackoff, How to
    construct pseudorandom permutations, SIAM J. Comput. 17, 1988); results that are too large are
    permuted again, until one is not.

    >>> sorted(permuted(number, 10, seed=7) for number in range(10)) == list(range(10))
    True
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    while True:
        number = feistel(number, half, seed)
        if number < size:
            return number


def feistel(number: int, half: int, seed: int) -> int:
    """A permutation of the numbers of twice `half` bits."""
    mask = (1 << half) - 1
    left, right = number >> half, number & mask
    for turn in range(ROUNDS):
        text = f"{seed}/{turn}/{right}".encode()
        digest = hashlib.blake2b(text, digest_size=16).digest()
        left, right = right, left ^ (int.from_bytes(digest, "big") & mask)
    return left << half | right
