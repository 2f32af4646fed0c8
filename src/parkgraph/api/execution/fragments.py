"""JSON of what does not change, made once for each selection and embedded in later answers as bytes.

An object is known by the identity of what it shows, which is kept with its JSON: as long as it is kept, nothing else
can have its place in memory. Entries that may change while it stays the same are holes, filled anew for each answer.
"""

from collections.abc import Awaitable, Mapping, Sequence
from itertools import count
from typing import Any, Final

import orjson
from orjson import Fragment

from parkgraph.api.execution.completion import Select
from parkgraph.api.execution.resolution import ITSELF
from parkgraph.api.execution.run import PathTo, Run

Key = tuple[int, int]
"""The number of a selection, and the identity of what is shown."""

Made = Sequence[bytes]
"""JSON of an object: before the first hole, between each two, and after the last."""

ENTRY_BYTES: Final = 300
"""What an entry takes besides its JSON, about."""


class Fragments:
    """At most so many bytes of them, in two generations: what is asked for again moves to the young one. When that has
    half of the bytes, the old one is forgotten, and the young one is the old one.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._half = limit_bytes // 2
        self._young: dict[Key, tuple[object, Made]] = {}
        self._old: dict[Key, tuple[object, Made]] = {}
        self._young_bytes = 0
        self._old_bytes = 0
        self._numbers = count()

    @property
    def bytes(self) -> int:
        return self._young_bytes + self._old_bytes

    def kept(
        self,
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
        number, young, static = next(self._numbers), self._young, not any(keys.values())

        def select_kept(run: Run, source: Any, path: PathTo) -> Any:
            shown = source if is_itself else getattr(source, shown_by)
            if shown is None:
                return unkept(run, source, path)
            key = number, id(shown)
            found = young.get(key) or self._from_old(key)
            if found is None:
                errors, done = len(run.errors), select(run, source, path)
                if len(run.errors) != errors:
                    return done
                if done.__class__ is dict:
                    return self._keep(key, shown, done, keys)
                return self._keep_later(run, errors, key, shown, done, keys)
            if static:
                return Fragment(found[1][0])
            filled = holes(run, source, path)
            return _joined(found[1], filled) if filled.__class__ is dict else _joined_later(found[1], filled)

        return select_kept

    def _from_old(self, key: Key) -> tuple[object, Made] | None:
        found = self._old.get(key)
        if found:
            self._put(key, *found)
        return found

    def _keep(self, key: Key, shown: object, done: dict[str, Any], keys: Mapping[str, bool]) -> Any:
        """The object, which is kept if it can be said in JSON; what cannot is left to whoever says the answer."""
        try:
            made = _made(done, keys)
        except TypeError:
            return done
        self._put(key, shown, made)
        return Fragment(made[0]) if len(made) == 1 else done

    async def _keep_later(
        self, run: Run, errors: int, key: Key, shown: object, done: Awaitable[dict[str, Any]], keys: Mapping[str, bool]
    ) -> Any:
        """As `_keep`, unless any error came up in the meantime: it might be one of this object."""
        made = await done
        return self._keep(key, shown, made, keys) if len(run.errors) == errors else made

    def _put(self, key: Key, shown: object, made: Made) -> None:
        self._young[key] = shown, made
        self._young_bytes += ENTRY_BYTES + sum(map(len, made))
        if self._young_bytes > self._half:
            self._old, self._old_bytes, self._young_bytes = self._young.copy(), self._young_bytes, 0
            self._young.clear()


def _made(done: Mapping[str, Any], keys: Mapping[str, bool]) -> Made:
    made, text = [], b"{"
    for index, (key, is_hole) in enumerate(keys.items()):
        text += (b"," if index else b"") + orjson.dumps(key) + b":"
        if is_hole:
            made.append(text)
            text = b""
        else:
            text += orjson.dumps(done[key])
    return [*made, text + b"}"]


def _joined(made: Made, filled: Mapping[str, Any]) -> Fragment:
    parts = [made[0]]
    for value, text in zip(filled.values(), made[1:], strict=True):
        parts += (orjson.dumps(value), text)
    return Fragment(b"".join(parts))


async def _joined_later(made: Made, filled: Awaitable[Mapping[str, Any]]) -> Fragment:
    return _joined(made, await filled)
