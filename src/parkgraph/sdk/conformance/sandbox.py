"""What an adapter may not reach by itself, watched while it is asked."""

import builtins
import inspect
import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from parkgraph.sdk.conformance.stand_ins import standing_in

_ENVIRONMENT: Final = "environ"
_LOADERS: Final = frozenset({"importlib", "zoneinfo", "linecache"})
"""They read files on behalf of Python itself: modules, time zones, tracebacks."""


@contextmanager
def sandbox(modules: tuple[ModuleType, ...]) -> Iterator[list[str]]:
    """Hands out the list of what these modules reached for. All of it is refused, but for the environment."""
    reached: list[str] = []
    packages = {module.__name__.partition(".")[0] for module in modules}

    def refuse(what: str) -> Callable[..., Any]:
        def refused(*_: object, **__: object) -> Any:
            reached.append(what)
            raise PermissionError(f"an adapter does not {what}")

        return refused

    def open_file(*arguments: Any, **more: Any) -> Any:
        if _asked_by(packages):
            return refuse("read or write a file")()
        return io_open(*arguments, **more)

    def looking(look: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments, **more: refuse("look at files")() if _asked_by(packages) else look(*arguments, **more)

    io_open = io.open
    environment = vars(os)[_ENVIRONMENT]
    stand_ins: list[tuple[Any, Any]] = [
        (environment, _Watched(environment, packages, reached)),
        (io_open, open_file),
        (os.open, open_file),
        *((look, looking(look)) for look in (os.stat, os.listdir, os.scandir)),
        *((spawn, refuse("start a process")) for spawn in (os.posix_spawn, os.posix_spawnp)),
        (socket.socket, refuse("open a socket")),
        (socket.create_connection, refuse("open a socket")),
        (socket.getaddrinfo, refuse("resolve a name")),
        (subprocess.Popen, refuse("start a process")),
        (os.system, refuse("start a process")),
        (os.fork, refuse("start a process")),
    ]
    with standing_in(stand_ins, (*modules, builtins, io, os, socket, subprocess)):
        yield reached


class _Watched(MutableMapping[str, str]):
    """The environment, which notes the looks of some packages."""

    def __init__(self, real: MutableMapping[str, str], packages: set[str], reached: list[str]) -> None:
        self._real = real
        self._packages = packages
        self._reached = reached

    def _note(self) -> MutableMapping[str, str]:
        if _asked_by(self._packages):
            self._reached.append("read the environment")
        return self._real

    def __getitem__(self, name: str) -> str:
        return self._note()[name]

    def __setitem__(self, name: str, value: str) -> None:
        self._note()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._note()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._note())

    def __len__(self) -> int:
        return len(self._note())


def _asked_by(packages: set[str]) -> bool:
    """Whether it is code of these packages that asks, by itself or by way of the standard library."""
    frame = inspect.currentframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        package = name.partition(".")[0]
        if package in _LOADERS:
            return False
        if package not in sys.stdlib_module_names and name != __name__:
            return package in packages
        frame = frame.f_back
    return False
