"""How true the sandbox is to the recordings.

python tests/sandbox/fidelity.py                             a score for each scenario
python tests/sandbox/fidelity.py users                       the steps of a scenario that differ
python tests/sandbox/fidelity.py users --step "list at"      a step (its name may be cut short) in full
python tests/sandbox/fidelity.py pages-crud --step single --all   the same for steps that do not differ
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from replay import CHAINS, Outcome, replay


def main() -> None:
    """Print what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("scenario", nargs="?", choices=[name for chain in CHAINS for name in chain])
    options.add_argument("--step", help="show the steps whose name begins so")
    options.add_argument("--all", action="store_true", help="show steps without a difference, too")
    given = options.parse_args()
    chains = [chain for chain in CHAINS if given.scenario in (None, *chain)]
    outcomes = [outcome for chain in chains for outcome in replay(chain)]
    if given.scenario is None:
        print_scores(outcomes)
        return
    chosen = [outcome for outcome in outcomes if outcome.scenario == given.scenario]
    for outcome in chosen:
        shown = outcome.step.startswith(given.step or "") and (outcome.differences or given.all)
        if shown and given.step is None:
            print(f"{outcome.step}\n    " + "\n    ".join(line[:300] for line in outcome.differences[:5]))
        elif shown:
            print_step(outcome)
    print_scores(chosen)


def print_scores(outcomes: list[Outcome]) -> None:
    """How many steps are equal, by scenario and in all."""
    scenarios = list(dict.fromkeys(outcome.scenario for outcome in outcomes))
    for scenario in scenarios:
        print_score(scenario, [outcome for outcome in outcomes if outcome.scenario == scenario])
    if len(scenarios) > 1:
        print_score("all", outcomes)


def print_score(title: str, outcomes: list[Outcome]) -> None:
    """One line."""
    equal = sum(not outcome.differences for outcome in outcomes)
    print(f"{title:16} {equal:4} of {len(outcomes):4} equal")


def print_step(outcome: Outcome) -> None:
    """A step in full."""
    print(f"--- {outcome.scenario}: {outcome.step}")
    print("request ", shortened(outcome.request))
    print("expected", shortened(outcome.expected))
    print("actual  ", shortened(outcome.actual))
    for line in outcome.differences:
        print("   ", line)


def shortened(value: Any) -> str:
    """JSON, cut when very long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 6000 else f"{text[:6000]}..."


if __name__ == "__main__":
    main()
