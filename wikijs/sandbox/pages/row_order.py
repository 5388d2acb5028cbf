"""The order of rows that a query leaves open.

PostgreSQL gives rows with equal keys in whatever order its algorithms come to. On a young wiki that is no accident: the
same requests give the same order each time, on every server. So the same algorithms are used here: Bentley and
McIlroy's quicksort ("Engineering a Sort Function", 1993), a bounded heap where there is a limit, and Jenkins' hash for
the buckets of a hash join. On a big wiki the server chooses by its statistics, and any order will do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

T = TypeVar("T")
Compare = Callable[[Any, Any], int]

YOUNG = 500
"""Up to so many rows the order is the server's own."""
BUCKETS = 1024
MASK = 0xFFFFFFFF


def arranged(
    rows: Sequence[T], key: Callable[[T], Any], *, descending: bool = False, limit: int | None = None
) -> list[T]:
    """Rows sorted by a key as PostgreSQL sorts them, and cut at a limit."""
    if len(rows) > YOUNG:
        return sorted(rows, key=key, reverse=descending)[:limit]
    items = [(key(row), row) for row in rows]
    compare = descend if descending else ascend
    if limit is not None and len(items) > 2 * limit:
        items = smallest(items, limit, compare)
    else:
        quicksort(items, 0, len(items), compare)
    return [row for _, row in items[:limit]]


def ascend(left: Any, right: Any) -> int:
    """Compare two items by their keys."""
    return int(left[0] > right[0]) - int(left[0] < right[0])


def descend(left: Any, right: Any) -> int:
    """Compare two items by their keys, the greater one first."""
    return ascend(right, left)


def quicksort(items: list[Any], start: int, count: int, compare: Compare) -> None:
    """Sort a part of a list in place; equal items change places."""
    while True:
        end = start + count
        if count < 7:
            insertion_sort(items, start, end, compare)
            return
        if all(compare(items[i - 1], items[i]) <= 0 for i in range(start + 1, end)):
            return
        pivot = median_index(items, start, count, compare)
        swap(items, start, pivot, 1)
        first, last = partition(items, start, end, compare)
        below, above = first - start, end - last
        if below <= above:
            quicksort(items, start, below, compare)
            start, count = last, above
        else:
            quicksort(items, last, above, compare)
            count = below


def insertion_sort(items: list[Any], start: int, end: int, compare: Compare) -> None:
    """Sort a short part of a list."""
    for i in range(start + 1, end):
        place = i
        while place > start and compare(items[place - 1], items[place]) > 0:
            swap(items, place, place - 1, 1)
            place -= 1


def median_index(items: list[Any], start: int, count: int, compare: Compare) -> int:
    """Where the item to part by is: in the middle, or the median of three or nine."""
    middle = start + count // 2
    if count == 7:
        return middle
    low, high = start, start + count - 1
    if count > 40:
        step = count // 8
        low = median(items, low, low + step, low + 2 * step, compare)
        middle = median(items, middle - step, middle, middle + step, compare)
        high = median(items, high - 2 * step, high - step, high, compare)
    return median(items, low, middle, high, compare)


def median(items: list[Any], a: int, b: int, c: int, compare: Compare) -> int:
    """The place of the median of three items."""
    if compare(items[a], items[b]) < 0:
        return b if compare(items[b], items[c]) < 0 else c if compare(items[a], items[c]) < 0 else a
    return b if compare(items[b], items[c]) > 0 else a if compare(items[a], items[c]) < 0 else c


def partition(items: list[Any], start: int, end: int, compare: Compare) -> tuple[int, int]:
    """Part items by the first one: where those equal to it begin and end afterwards."""
    equal_low = low = start + 1
    equal_high = high = end - 1
    while True:
        while low <= high and (order := compare(items[low], items[start])) <= 0:
            if order == 0:
                swap(items, equal_low, low, 1)
                equal_low += 1
            low += 1
        while low <= high and (order := compare(items[high], items[start])) >= 0:
            if order == 0:
                swap(items, high, equal_high, 1)
                equal_high -= 1
            high -= 1
        if low > high:
            break
        swap(items, low, high, 1)
        low += 1
        high -= 1
    count = min(equal_low - start, low - equal_low)
    swap(items, start, low - count, count)
    count = min(equal_high - high, end - equal_high - 1)
    swap(items, low, end - count, count)
    return start + low - equal_low, end - (equal_high - high)


def swap(items: list[Any], left: int, right: int, count: int) -> None:
    """Exchange runs of items."""
    for i in range(count):
        items[left + i], items[right + i] = items[right + i], items[left + i]


def smallest(items: list[Any], limit: int, compare: Compare) -> list[Any]:
    """The first items in order, found with a heap of that many whose top is the last of them."""
    heap: list[Any] = []
    for item in items:
        if len(heap) < limit:
            heap.append(item)
            place = len(heap) - 1
            while place > 0 and compare(item, heap[(place - 1) // 2]) > 0:
                heap[place] = heap[(place - 1) // 2]
                place = (place - 1) // 2
            heap[place] = item
        elif compare(item, heap[0]) < 0:
            sift(heap, item, compare)
    found: list[Any] = []
    while heap:
        found.append(heap[0])
        item = heap.pop()
        if heap:
            sift(heap, item, compare)
    return found[::-1]


def sift(heap: list[Any], item: Any, compare: Compare) -> None:
    """Put an item into a heap in place of its top."""
    place = 0
    while (child := 2 * place + 1) < len(heap):
        if child + 1 < len(heap) and compare(heap[child], heap[child + 1]) < 0:
            child += 1
        if compare(item, heap[child]) >= 0:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = item


def in_buckets(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with an `id` in the order of the buckets of a hash table: rows that a join found no partner for."""
    return [row for _, row in sorted(((hashed(row["id"]) % BUCKETS, row) for row in rows), key=itemgetter(0))]


def hashed(number: int) -> int:
    """PostgreSQL's hash of an integer: the last step of Jenkins' `lookup3`."""
    b = c = (0x9E3779B9 + 4 + 3923095) & MASK
    a = (b + number) & MASK
    c = mixed(c, b, 14)
    a = mixed(a, c, 11)
    b = mixed(b, a, 25)
    c = mixed(c, b, 16)
    a = mixed(a, c, 4)
    b = mixed(b, a, 14)
    return mixed(c, b, 24)


def mixed(value: int, other: int, bits: int) -> int:
    """One round of the hash."""
    rotated = (other << bits | other >> 32 - bits) & MASK
    return ((value ^ other) - rotated) & MASK
