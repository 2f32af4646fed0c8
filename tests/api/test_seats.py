import pytest

from parkgraph.api.seats import NoSeatError, Seats


def test_a_client_has_so_many_and_others_have_theirs() -> None:
    seats = Seats(of_a_client=1, of_all=2)
    with seats.seat("anna"):
        with pytest.raises(NoSeatError), seats.seat("anna"):
            pass
        with seats.seat("berta"):
            assert seats.taken == 2
            with pytest.raises(NoSeatError), seats.seat("carla"):
                pass
    with seats.seat("anna"):
        assert seats.taken == 1
