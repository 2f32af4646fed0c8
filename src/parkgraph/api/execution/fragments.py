"""JSON of what does not change, made once for each selection and embedded in later answers as bytes.

An object is known by the identity of what it shows, which is kept with its JSON: as long as it is kept, nothing else
can have its place in memory. Entries that may change while it stays the same are holes, filled anew for each answer.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Mapping, Sequence
from itertools import count
from typing import Any, Final

import orjson
from orjson import Fragment

from parkgraph.api.execution.completion import Select
from parkgraph.api.execution.resolution import ITSELF
from parkgraph.api.execution.run import PathTo, Run

OF_IDENTITY: Final = 64
"""Bits. A key is the number of a way of keeping, and below that the identity of what is shown."""

Made = Fragment | Sequence[bytes]
"""JSON of an object; where it has holes, what is before the first, between each two, and after the last."""

ENTRY_BYTES: Final = 340
"""What an entry takes besides its JSON, as measured of 100,000."""

CHANCES: Final = 8
"""For each entry that comes, so many others at most stay a while longer since they were asked for."""

HOLE: Final = b"\xff"
"""What is in no text in UTF-8."""

_HOLE: Final = Fragment(HOLE)


class _Entry:
    """`is_wanted`: it was asked for since it came, or since it would have been forgotten."""

    __slots__ = ("is_wanted", "made", "shown", "size")

    def __init__(self, shown: object, made: Made, size: int) -> None:
        self.shown = shown
        self.made = made
        self.size = size
        self.is_wanted = False


class Fragments:
    """At most so many bytes of them: what came first is forgotten first, but for what was asked for since. Those have
    another round, which costs nothing when they are asked for: a list of them in order of use would have to be touched
    in three places of memory for each.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[int, _Entry] = OrderedDict()
        self._numbers = count()
        self.bytes = 0

    def number(self) -> int:
        """For one more way of keeping the objects of a selection."""
        return next(self._numbers)

    def kept(
        self,
        number: int,
        select: Select,
        holes: Select,
        shown_by: str,
        keys: Mapping[str, bool],
        otherwise: Select | None = None,
    ) -> Select:
        """As `select`, from what is kept. `shown_by`: the attribute of an object with what it shows, or None for
        something that is not kept: that is left to `otherwise`. `keys`: of the answer in their order, and whether they
        are holes, which `holes` fills.
        """
        unkept, is_itself = otherwise or select, shown_by == ITSELF
        find, base = self._kept.get, number << OF_IDENTITY

        def select_kept(run: Run, source: Any, path: PathTo) -> Any:
            shown = source if is_itself else getattr(source, shown_by)
            if shown is None:
                return unkept(run, source, path)
            key = base + id(shown)
            found = find(key)
            if found is None:
                errors, done = len(run.errors), select(run, source, path)
                if len(run.errors) != errors:
                    return done
                if done.__class__ is dict or done.__class__ is Fragment:
                    return self._keep(key, shown, done, keys)
                return self._keep_later(run, errors, key, shown, done, keys)
            found.is_wanted = True
            made = found.made
            if made.__class__ is Fragment:
                return made
            filled = holes(run, source, path)
            return _joined(made, filled) if filled.__class__ is dict else _joined_later(made, filled)

        return select_kept

    def listed(self, number: int, otherwise: Select) -> Select:
        """As `otherwise`, of a list of objects that are `kept` with this number as a whole, by what they are: without a
        call for each, where all of them are.
        """
        find, base = self._kept.get, number << OF_IDENTITY

        def list_kept(run: Run, source: Any, path: PathTo) -> Any:
            if source.__class__ is not list and source.__class__ is not tuple:
                return otherwise(run, source, path)
            done = []
            for each in source:
                found = find(base + id(each))
                if found is None:
                    return otherwise(run, source, path)
                found.is_wanted = True
                done.append(found.made)
            return done

        return list_kept

    def _keep(self, key: int, shown: object, done: dict[str, Any] | Fragment, keys: Mapping[str, bool]) -> Any:
        """The object, which is kept if it can be said in JSON; what cannot is left to whoever says the answer."""
        try:
            made, size = _made(done, keys)
        except TypeError:
            return done
        self._put(key, shown, made, ENTRY_BYTES + size)
        return made if made.__class__ is Fragment else done

    async def _keep_later(
        self, run: Run, errors: int, key: int, shown: object, done: Awaitable[dict[str, Any]], keys: Mapping[str, bool]
    ) -> Any:
        """As `_keep`, unless any error came up in the meantime: it might be one of this object."""
        made = await done
        return self._keep(key, shown, made, keys) if len(run.errors) == errors else made

    def _put(self, key: int, shown: object, made: Made, size: int) -> None:
        # What was waited for may have been made twice in the meantime.
        if before := self._kept.pop(key, None):
            self.bytes -= before.size
        self._kept[key] = _Entry(shown, made, size)
        self.bytes += size
        chances = CHANCES
        while self.bytes > self._limit:
            key, entry = self._kept.popitem(last=False)
            if entry.is_wanted and chances:
                entry.is_wanted = False
                self._kept[key] = entry
                chances -= 1
            else:
                self.bytes -= entry.size


def _made(done: Mapping[str, Any] | Fragment, keys: Mapping[str, bool]) -> tuple[Made, int]:
    """JSON, and of how many bytes; a fragment is without holes. Raises TypeError for what cannot be said in JSON."""
    if not isinstance(done, Fragment):
        done = {key: _HOLE if is_hole else done[key] for key, is_hole in keys.items()}
    text = orjson.dumps(done)
    # A copy: what orjson makes keeps the kilobytes that it was written into.
    parts = bytes(memoryview(text)).split(HOLE)
    return parts if len(parts) > 1 else Fragment(parts[0]), len(text)


def _joined(made: Sequence[bytes], filled: Mapping[str, Any]) -> Fragment:
    parts = [made[0]]
    for value, text in zip(filled.values(), made[1:], strict=True):
        parts += (orjson.dumps(value), text)
    return Fragment(b"".join(parts))


async def _joined_later(made: Sequence[bytes], filled: Awaitable[Mapping[str, Any]]) -> Fragment:
    return _joined(made, await filled)
