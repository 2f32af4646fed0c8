"""What a network may declare of itself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from parkgraph.sdk import NetworkInfo

UTC = ZoneInfo("UTC")


def test_a_search_answer_is_used_again_for_a_minute_unless_the_network_says_otherwise() -> None:
    assert NetworkInfo("City", UTC, frozenset()).search_max_age == timedelta(seconds=60)
    assert NetworkInfo("City", UTC, frozenset(), search_max_age=timedelta()).search_max_age == timedelta()


def test_what_cannot_be_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="search_max_age"):
        NetworkInfo("City", UTC, frozenset(), search_max_age=timedelta(seconds=-1))
    with pytest.raises(ValueError, match="max_concurrent"):
        NetworkInfo("City", UTC, frozenset(), max_concurrent=0)
