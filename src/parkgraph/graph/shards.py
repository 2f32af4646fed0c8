"""A map that never changes, in small shards: what is made from it shares all of them but those where it differs."""

from collections.abc import Hashable, Iterator, Mapping, MutableMapping
from typing import Final, TypeVar, overload

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
D = TypeVar("D")

FULL: Final = 32
"""Entries of a shard, on average, beyond which there are twice as many: a change copies one shard for each."""


class _Sharded(Mapping[K, V]):
    """An entry lies in the shard that the lowest bits of its key's hash name."""

    __slots__ = ("_shards", "_size")

    def __init__(self, shards: list[dict[K, V]], size: int) -> None:
        self._shards = shards
        self._size = size

    def __getitem__(self, key: K) -> V:
        shards = self._shards
        return shards[hash(key) & len(shards) - 1][key]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: V | D | None = None) -> V | D | None:
        shards = self._shards
        return shards[hash(key) & len(shards) - 1].get(key, default)

    def __contains__(self, key: object) -> bool:
        shards = self._shards
        return key in shards[hash(key) & len(shards) - 1]

    def __iter__(self) -> Iterator[K]:
        for shard in self._shards:
            yield from shard

    def __len__(self) -> int:
        return self._size


class Shards(_Sharded[K, V]):
    """Whoever reads one may go on while others are made from it."""

    __slots__ = ()

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        super().__init__([{}], 0)
        if entries:
            edition = self.edit()
            edition.update(entries)
            super().__init__(edition._shards, edition._size)

    def edit(self) -> "Edition[K, V]":
        """A map to change that begins with these entries."""
        return Edition(list(self._shards), self._size)

    def not_in(self, other: "Shards[K, V]") -> list[object]:
        """The shards that the other map, made from this one or the one that it was made from, does not share.

        Shard by shard: all at once would keep everybody waiting.
        """
        if self is other:
            return []
        if len(self._shards) != len(other._shards):
            return list(self._shards)
        return [mine for mine, its in zip(self._shards, other._shards, strict=True) if mine is not its]


class Edition(_Sharded[K, V], MutableMapping[K, V]):
    """Changes, and what they leave, on their way to the next `Shards`."""

    __slots__ = ("_own",)

    def __init__(self, shards: list[dict[K, V]], size: int) -> None:
        super().__init__(shards, size)
        self._own = bytearray(len(shards))

    def done(self) -> Shards[K, V]:
        """The map as it is now. No more changes after this."""
        made = Shards[K, V]()
        made._shards, made._size = self._shards, self._size
        return made

    def __setitem__(self, key: K, value: V) -> None:
        shard = self._shard(key)
        before = len(shard)
        shard[key] = value
        self._size += len(shard) - before
        if self._size > FULL * len(self._shards):
            self._double()

    def __delitem__(self, key: K) -> None:
        del self._shard(key)[key]
        self._size -= 1

    def _shard(self, key: K) -> dict[K, V]:
        """The shard of a key, to be changed."""
        number = hash(key) & len(self._shards) - 1
        if not self._own[number]:
            self._own[number] = True
            self._shards[number] = dict(self._shards[number])
        return self._shards[number]

    def _double(self) -> None:
        before, count = self._shards, 2 * len(self._shards)
        self._shards = [{} for _ in range(count)]
        self._own = bytearray(b"\1") * count
        for shard in before:
            for key, value in shard.items():
                self._shards[hash(key) & count - 1][key] = value
