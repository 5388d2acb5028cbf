"""People in bulk: users from CSV and LDIF files, members of groups as a file says, passwords written down once.

```python
from wikijs.people import carry_out, plan_import, read_people

file = read_people("people.csv")
plan = plan_import(client, file.people)
result = carry_out(client, plan)
```
"""

from __future__ import annotations

from .exporting import export_people
from .importing import ImportPlan, PersonPlan, carry_out, plan_import
from .passwords import PasswordFile, make_password
from .reading import FileOfPeople, Person, Problem, read_people
from .syncing import GroupPlan, plan_sync, sync_groups

__all__ = [
    "FileOfPeople",
    "GroupPlan",
    "ImportPlan",
    "PasswordFile",
    "Person",
    "PersonPlan",
    "Problem",
    "carry_out",
    "export_people",
    "make_password",
    "plan_import",
    "plan_sync",
    "read_people",
    "sync_groups",
]
