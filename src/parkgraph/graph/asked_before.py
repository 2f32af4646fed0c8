"""Whether a question came before, as the doorkeeper of what is kept by questions.

Most questions, as those of a map that is moved, come once. What is kept of them takes the place of what is asked for
again, and has to be forgotten when the processor's caches have it no more.
"""

from collections.abc import Hashable
from typing import Final

REMEMBERED: Final = 1_000
"""Questions, before all of them are forgotten."""


class AskedBefore:
    """Remembers questions by their hashes: one that is taken for another is kept a turn too early, which is no harm."""

    def __init__(self) -> None:
        self._hashes: set[int] = set()

    def note(self, question: Hashable) -> bool:
        """Whether it was noted before."""
        which = hash(question)
        if which in self._hashes:
            return True
        if len(self._hashes) >= REMEMBERED:
            self._hashes.clear()
        self._hashes.add(which)
        return False
