"""The correction loop: doubtful pages go to CVAT, and come back as training data."""

from profilex.correction.changes import ADDED, DELETED, KEPT, MOVED, Change, PageChanges
from profilex.correction.choosing import ALL, REVIEW, Choice, listed_pages
from profilex.correction.returning import Returned, bring_back
from profilex.correction.task import Picture, Task, read_task, write_task

KINDS = (KEPT, MOVED, ADDED, DELETED)
"""The kinds of changes of a section by a person."""

__all__ = [
    "ALL",
    "KINDS",
    "REVIEW",
    "Change",
    "Choice",
    "PageChanges",
    "Picture",
    "Returned",
    "Task",
    "bring_back",
    "listed_pages",
    "read_task",
    "write_task",
]
