"""The rules of the ledger, for all amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.yards.money import ledger
from parkgraph.yards.money.ledger import Movement, Posting, Terms

CENTS = st.integers(1, 10_000_000).map(lambda cents: Decimal(cents) / 100)
PERCENT = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)
TERMS = st.builds(Terms, PERCENT, PERCENT)
PARTS = st.lists(st.integers(1, 1000), min_size=1, max_size=6)


def money(amount: Decimal | str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_price_is_shared_between_the_owner_the_platform_and_the_tax_on_the_platforms_part() -> None:
    posting = ledger.capture(money("11.90"), Terms(Decimal(80), Decimal(19)))
    assert posting == Posting(
        Movement.CAPTURE, "EUR", Decimal("11.90"), Decimal("-9.52"), Decimal("-2.00"), Decimal("-0.38")
    )


def test_an_owner_who_gets_all_of_it_leaves_no_fee_and_no_tax() -> None:
    posting = ledger.capture(money("4.20"), Terms(Decimal(100), Decimal(19)))
    assert (posting.owner, posting.fee, posting.tax) == (Decimal("-4.20"), Decimal(0), Decimal(0))


@given(CENTS, TERMS)
def test_no_share_is_negative_and_the_owner_never_gets_more_than_the_price(price: Decimal, terms: Terms) -> None:
    owner, fee, tax = terms.share(money(price))
    assert min(owner, fee, tax) >= 0
    assert owner + fee + tax == price


@given(st.integers(1, 10**6), TERMS)
def test_shares_of_a_currency_without_minor_unit_are_whole(price: int, terms: Terms) -> None:
    for share in terms.share(Money(Decimal(price), "JPY")):
        assert share == share.to_integral_value()


@given(PARTS, TERMS)
def test_refunds_that_give_back_everything_undo_every_account(parts: list[int], terms: Terms) -> None:
    whole = money(Decimal(sum(parts)) / 100)
    postings, kept = [ledger.capture(whole, terms)], whole
    for part in parts:
        amount = money(Decimal(part) / 100)
        postings.append(ledger.refund(kept, amount, terms))
        kept = money(kept.amount - amount.amount)
    for account in ("driver", "owner", "fee", "tax", "clearing"):
        assert sum(getattr(posting, account) for posting in postings) == 0


@given(CENTS, CENTS, TERMS)
def test_after_a_refund_the_shares_are_those_of_what_remains(price: Decimal, back: Decimal, terms: Terms) -> None:
    if back >= price:
        price, back = back + price, back
    postings = ledger.capture(money(price), terms), ledger.refund(money(price), money(back), terms)
    sums = tuple(-sum(getattr(posting, account) for posting in postings) for account in ("owner", "fee", "tax"))
    assert sums == terms.share(money(price - back))


@pytest.mark.parametrize("back", ["0", "-1", "10.01"])
def test_more_than_was_captured_or_nothing_cannot_be_refunded(back: str) -> None:
    with pytest.raises(ValueError, match="refund"):
        ledger.refund(money("10"), money(back), Terms(Decimal(85), Decimal(19)))


def test_a_refund_in_another_currency_is_none() -> None:
    with pytest.raises(ValueError, match="refund"):
        ledger.refund(money("10"), Money(Decimal(1), "CHF"), Terms(Decimal(85), Decimal(19)))


def test_a_posting_that_does_not_sum_to_zero_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="zero"):
        Posting(Movement.CAPTURE, "EUR", driver=Decimal(1), owner=Decimal("-0.99"))


def test_a_refund_is_taken_from_the_last_payments_first() -> None:
    kept = [money("5"), money("0"), money("2"), money("3")]
    assert list(ledger.allocate(money("6"), kept)) == [(3, money("3")), (2, money("2")), (0, money("1"))]


@given(st.lists(CENTS, max_size=5), CENTS)
def test_a_refund_is_allocated_whole_or_refused(payments: list[Decimal], amount: Decimal) -> None:
    kept = [money(each) for each in payments]
    if amount > sum(payments):
        with pytest.raises(ValueError, match="refund"):
            list(ledger.allocate(money(amount), kept))
        return
    parts = list(ledger.allocate(money(amount), kept))
    assert sum(part.amount for _, part in parts) == amount
    assert all(0 < part.amount <= payments[index] for index, part in parts)
