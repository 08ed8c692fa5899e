"""Random numbers: the same for a world and an edge, whatever was drawn before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.reliability.compiling import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]


GOLDEN = 0x9E3779B97F4A7C15
"""2**64 over the golden ratio, odd: the step of SplitMix64."""


@njit(inline="always")
def mix(word: int) -> int:
    """Scramble a word: the finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    word = np.uint64(word)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(inline="always")
def seed_stream(state: Words, seed: int, number: int) -> None:
    """Begin the stream of one world or edge: the same whatever was drawn before it."""
    golden = np.uint64(GOLDEN)
    base = mix(np.uint64(seed) + golden) ^ mix(np.uint64(number) * golden + np.uint64(1))
    state[0] = mix(base + golden)
    state[1] = mix(base + np.uint64(2) * golden) | np.uint64(1)


@njit(inline="always")
def draw(state: Words) -> int:
    """Draw 64 bits: xoroshiro128+ (Blackman, Vigna 2018)."""
    s0, s1 = state[0], state[1]
    word = s0 + s1
    s1 ^= s0
    state[0] = (
        ((s0 << np.uint64(24)) | (s0 >> np.uint64(40))) ^ s1 ^ (s1 << np.uint64(16))
    )  # fmt: skip
    state[1] = (s1 << np.uint64(37)) | (s1 >> np.uint64(27))
    return word


@njit(inline="always")
def draw_share(state: Words) -> float:
    """Draw a number from 0 to below 1, in steps of 2**-53."""
    return (draw(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(inline="always")
def find_key(seed: int, world: int) -> int:
    """Give the key of a world: where its sequence of draws, one an edge, begins."""
    return mix(mix(np.uint64(seed) + np.uint64(GOLDEN)) + np.uint64(world) * np.uint64(GOLDEN))
