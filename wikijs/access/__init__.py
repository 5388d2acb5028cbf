"""Who may do what with the pages and files of a wiki, and why: computed from groups and page rules as the server does.

```python
from wikijs.access import Target, read_moment

moment = read_moment(client)
answer = moment.can("ann@example.com", "write", Target(path="docs/intro", locale="en"))
print(answer.allowed, answer)
```
"""

from __future__ import annotations

from .answers import (
    ASSET_ACTIONS,
    MAIN_ACTIONS,
    PAGE_ACTIONS,
    FolderAnswer,
    GroupAnswer,
    PersonAnswer,
    RuleAnswer,
    groups_on,
    pages_of,
    people_on,
    person_on,
    rules_on,
)
from .comparing import Change, Comparison, Effect, compare
from .deciding import ACTIONS, Action, ActionName, Decision, action_of, decide
from .model import Group, Page, Person, Target
from .moments import GUEST, Moment, load, read_moment

__all__ = [
    "ACTIONS",
    "ASSET_ACTIONS",
    "GUEST",
    "MAIN_ACTIONS",
    "PAGE_ACTIONS",
    "Action",
    "ActionName",
    "Change",
    "Comparison",
    "Decision",
    "Effect",
    "FolderAnswer",
    "Group",
    "GroupAnswer",
    "Moment",
    "Page",
    "Person",
    "PersonAnswer",
    "RuleAnswer",
    "Target",
    "action_of",
    "compare",
    "decide",
    "groups_on",
    "load",
    "pages_of",
    "people_on",
    "person_on",
    "read_moment",
    "rules_on",
]
