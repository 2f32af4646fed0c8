from parkgraph.domain.place import ListingKey
from parkgraph.graph.matching.linkage import Group, merge

A, B, C, D = (ListingKey(network, "1") for network in "abcd")
Scores = dict[tuple[ListingKey, ListingKey], float | None]


def merged(scores: Scores, *groups: Group) -> list[Group]:
    def score(a: ListingKey, b: ListingKey) -> float | None:
        return scores[min(a, b), max(a, b)]

    def links(key: ListingKey) -> list[ListingKey]:
        return [
            other for pair, value in scores.items() if key in pair and (value or 0) > 0 for other in {*pair} - {key}
        ]

    return merge(groups or [(A,), (B,), (C,)], score, links)


def test_what_is_likelier_one_than_two_is_joined() -> None:
    assert merged({(A, B): 1.0, (A, C): -1.0, (B, C): -1.0}) == [(A, B), (C,)]


def test_one_wrong_pair_does_not_chain() -> None:
    assert merged({(A, B): 4.0, (B, C): 3.0, (A, C): -4.0}) == [(A, B), (C,)]


def test_a_doubtful_pair_is_carried_by_two_sure_ones() -> None:
    assert merged({(A, B): 4.0, (B, C): 3.0, (A, C): -1.0}) == [(A, B, C)]


def test_what_is_out_of_the_question_is_carried_by_nothing() -> None:
    assert merged({(A, B): 9.0, (B, C): 8.0, (A, C): None}) == [(A, B), (C,)]
    assert merged({(A, B): 9.0, (B, C): 8.0, (A, C): -5.1}) == [(A, B), (C,)]


def test_the_surest_pair_comes_first() -> None:
    assert merged({(A, B): 2.0, (B, C): 3.0, (A, C): None}) == [(A,), (B, C)]


def test_groups_that_are_given_stay_together() -> None:
    assert merged({(A, B): None, (A, C): 3.0, (B, C): 3.0}, (A, B), (C,)) == [(A, B, C)]


def test_a_mean_counts_no_pair_beyond_what_is_enough() -> None:
    scores: Scores = {(A, B): 9.0, (A, C): 90.0, (B, C): 9.0, (A, D): -4.9, (B, D): -4.9, (C, D): 90.0}
    assert merged(scores, (A,), (B,), (C,), (D,)) == [(A, B, C), (D,)]
