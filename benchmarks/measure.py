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

    A few lines are no ratios and say so by their unit.

    Attributes:
        name: What was measured.
        over: The floor or peer that it is divided by; for an "at least" aim the peer is what is divided.
        figure: Median of the ratios of the rounds.
        low, high: Quartiles of the same, which show how noisy the machine was.
        fastest: Ratio of the fastest samples of both, which the noise of the machine disturbs least.
        aim: What the figure should be; None where it only informs.
        at_least: Whether the figure should be that or more; otherwise that or less.
        unit: Empty for a ratio.
    """

    name: str
    over: str
    figure: float
    low: float
    high: float
    fastest: float
    aim: float | None = None
    at_least: bool = False
    unit: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim was met; empty without one."""
        if self.aim is None:
            return ""
        return "met" if (self.figure >= self.aim if self.at_least else self.figure <= self.aim) else "missed"


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
    low, median, high = _quartiles(ratios)
    fastest = min(samples[above]) / min(samples[below])
    return Result(name, over, median, low, high, fastest, aim, at_least)


def difference(samples: Samples, above: str, below: str, name: str, over: str, aim: float | None, calls: int) -> Result:
    """Microseconds by which one call of a contender takes longer than another's, round by round."""
    pairs = zip(samples[above], samples[below], strict=True)
    low, median, high = _quartiles([(a - b) / calls * 1e6 for a, b in pairs])
    fastest = (min(samples[above]) - min(samples[below])) / calls * 1e6
    return Result(name, over, median, low, high, fastest, aim, unit="µs")


def share(samples: Samples, above: str, below: str, whole: list[float], name: str, over: str, aim: float) -> Result:
    """What one contender takes longer than another, as a share of something else that was timed as often."""
    median = statistics.median(whole)
    low, middle, high = _quartiles([(a - b) / median for a, b in zip(samples[above], samples[below], strict=True)])
    fastest = (min(samples[above]) - min(samples[below])) / min(whole)
    return Result(name, over, middle, low, high, fastest, aim)


def absolute(seconds: list[float], name: str, aim: float, unit: str = "s", scale: float = 1.0) -> Result:
    """Time by itself, where there is nothing to divide by: it holds for the machine that it was measured on."""
    low, median, high = _quartiles([second * scale for second in seconds])
    return Result(name, "(this machine)", median, low, high, min(seconds) * scale, aim, unit=unit)


def counted(
    figure: float, name: str, over: str, aim: float | None = None, *, at_least: bool = False, unit: str = ""
) -> Result:
    """A figure that comes out the same each time, such as bytes or hits."""
    return Result(name, over, figure, figure, figure, figure, aim, at_least, unit)


def _quartiles(figures: list[float]) -> tuple[float, float, float]:
    low, median, high = statistics.quantiles(figures, n=4, method="inclusive")
    return low, median, high
