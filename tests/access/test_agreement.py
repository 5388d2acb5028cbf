"""What is computed here is what wikis do: random rules, many askers, every kind of question.

WIKIJS_URL and WIKIJS_API_KEY put the same questions to a real server, which is written to.
"""

from __future__ import annotations

import os
import random
import time

import httpx2
import pytest
from support.access_questions import Outcome, ask_all, prepare, shuffle_rules

from wikijs import WikiJSClient
from wikijs.sandbox import Sandbox

LAG = 6.5
"""The server takes a token for good that is 5 seconds younger than a change of its groups."""


def test_a_sandbox_answers_what_is_computed() -> None:
    outcome, at, later = Outcome(), random.Random(1), [0.0]
    with (
        Sandbox(seed="demo", clock=lambda: time.time() + later[0]) as sandbox,
        sandbox.client() as admin,
    ):  # which has two locales
        admin.pages.delete_many([page.id for page in admin.pages.list()])
        with httpx2.Client(transport=sandbox.transport(), base_url=sandbox.url) as http:
            scene = prepare(admin, http, locales=["en", "fr"])
            for _ in range(3):
                later[0] += LAG
                shuffle_rules(admin, at, scene.groups, ["en", "fr"])
                ask_all(admin, scene.subjects, outcome, ids=scene.ids, views=True)
    assert not outcome.different, outcome.different[:5]
    assert outcome.asked.total() > 1000
    assert all(0 < outcome.allowed[action] < asked for action, asked in outcome.asked.items())


@pytest.mark.skipif("WIKIJS_URL" not in os.environ, reason="WIKIJS_URL names no real server")
def test_a_real_server_answers_what_is_computed() -> None:
    """At least 2,000 questions; the wiki must have the locale fr (it is switched on)."""
    outcome = Outcome()
    at = random.Random(int(os.environ.get("WIKIJS_SEED", "1")))
    url = os.environ["WIKIJS_URL"]
    with WikiJSClient(url, auth=os.environ["WIKIJS_API_KEY"]) as admin, httpx2.Client(base_url=url, timeout=60) as http:
        admin.localization.update(namespacing=True, namespaces=["en", "fr"])
        scene = prepare(admin, http, locales=["en", "fr"])
        while outcome.asked.total() < 2000:
            time.sleep(LAG)
            shuffle_rules(admin, at, scene.groups, ["en", "fr"])
            ask_all(admin, scene.subjects, outcome, ids=scene.ids, views=True)
    assert not outcome.different, outcome.different[:5]
