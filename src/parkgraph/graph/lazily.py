"""A value that is worked out when it is first looked at."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazily(Generic[T]):  # noqa: N801  (used as a decorator)
    """As functools.cached_property, without the lock that Python 3.11 takes: what a request makes has one thread."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self.__wrapped__ = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, of: None, owner: type) -> "lazily[T]": ...
    @overload
    def __get__(self, of: object, owner: type) -> T: ...
    def __get__(self, of: object | None, owner: type) -> "T | lazily[T]":
        if of is None:
            return self
        value = of.__dict__[self._name] = self._work_out(of)
        return value
