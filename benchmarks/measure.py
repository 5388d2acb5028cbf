"""How a number comes about: contenders take turns, and only their ratio counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Contender = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Result:
    """One line of the table: what was measured, over what, and the ratio of the two.

    Attributes:
        name: What was measured.
        over: The floor or peer that it is divided by; for an "at least" aim the peer is what is divided.
        ratio: Median of the ratios of the rounds.
        low, high: Quartiles of the same, which show how noisy the machine was.
        fastest: Ratio of the fastest samples of both, which the noise of the machine disturbs least.
        aim: What the ratio should be; None where the number only informs.
        at_least: Whether the ratio should be that or more; otherwise that or less.
    """

    name: str
    over: str
    ratio: float
    low: float
    high: float
    fastest: float
    aim: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Whether the aim was met; empty without one."""
        if self.aim is None:
            return ""
        return "met" if (self.ratio >= self.aim if self.at_least else self.ratio <= self.aim) else "missed"


Samples = Mapping[str, list[float]]
"""Seconds of each contender, in order of the rounds."""


def take_turns(
    contenders: Mapping[str, Contender], rounds: int, clock: Clock, calls: int = 1
) -> dict[str, list[float]]:
    """Time each contender once a round, in an order that turns around from round to round.

    Noise of the machine then hits all of them alike. Garbage of one is collected before the next starts; during a
    sample the collector works as in any program, because a client pays for what it allocates.

    Args:
        contenders: What to time, by name.
        rounds: Samples of each.
        clock: `time.process_time` for the CPU of this process, `time.perf_counter` for what a user waits.
        calls: Calls in one sample, where a single one would be too short for the clock.
    """
    for run in contenders.values():  # the first call imports and compiles; it has a measure of its own
        run()
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    for _ in range(rounds):
        for name in order:
            samples[name].append(_timed(contenders[name], clock, calls))
        order.reverse()
    return samples


def _timed(run: Contender, clock: Clock, calls: int) -> float:
    gc.collect()
    started = clock()
    for _ in range(calls):
        run()
    return clock() - started


def cpu() -> float:
    """Seconds of CPU that this process has used."""
    return time.process_time()


def compare(
    samples: Samples, above: str, below: str, name: str, over: str, aim: float | None = None, *, at_least: bool = False
) -> Result:
    """Divide one contender's time by another's, round by round."""
    ratios = [a / b for a, b in zip(samples[above], samples[below], strict=True)]
    low, median, high = statistics.quantiles(ratios, n=4, method="inclusive")
    fastest = min(samples[above]) / min(samples[below])
    return Result(name, over, median, low, high, fastest, aim, at_least)
