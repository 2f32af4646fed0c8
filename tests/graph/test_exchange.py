"""Exchange rates, as the ECB writes them and as an operator does."""

import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.domain.money import Money
from parkgraph.graph.exchange import LOOK_EVERY_S, Exchange, RatesFile, exchange, read_ecb

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube>
    <Cube time="2026-11-19"><Cube currency="CHF" rate="0.9"/></Cube>
    <Cube time="2026-11-20"><Cube currency="CHF" rate="0.95"/><Cube currency="HKD" rate="9.0"/></Cube>
  </Cube>
</gesmes:Envelope>
"""
CSV = b"Date, CHF, HKD, ISK, \n20 November 2026, 0.95, 9.0, N/A, \n"
RATES = {"CHF": Decimal("0.95"), "HKD": Decimal("9.0")}


DAILY = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='2026-11-20'>
\t\t\t<Cube currency='CHF' rate='0.95'/>
\t\t\t<Cube currency='HKD' rate='9.0'/>
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""
HISTORY = b"Date,CHF,HKD,CYP,\n2026-11-20,0.95,9.0,N/A,\n2026-11-19,0.9,8.9,N/A,\n"
OLDEST_FIRST = b"Date,CHF,HKD,CYP,\n2026-11-19,0.9,8.9,N/A,\n2026-11-20,0.95,9.0,N/A,\n"
NOTHING_TODAY = XML.replace(b"<Cube>\n", b'<Cube><Cube time="2026-11-21"/>', 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(XML, id="xml of several days"),
        pytest.param(DAILY, id="daily xml"),
        pytest.param(CSV, id="daily csv"),
        pytest.param(b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n"), id="daily csv of a spreadsheet"),
        pytest.param(HISTORY, id="csv of several days"),
        pytest.param(OLDEST_FIRST, id="csv of several days, the oldest first"),
        pytest.param(NOTHING_TODAY, id="a newer day without rates"),
    ],
)
def test_the_newest_day_of_the_file_counts(content: bytes) -> None:
    assert read_ecb(content) == RATES


@pytest.mark.parametrize(
    ("content", "it_is"),
    [
        (b"", "neither XML nor CSV as the ECB writes it"),
        (b"<html></html>", "without a rate"),
        (b"<a", "not XML as the ECB writes it"),
        (DAILY[:-40], "not XML as the ECB writes it"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not XML as the ECB writes it"),
        (DAILY.replace(b"2026-11-20", b"yesterday"), "with a day that is no date"),
        (DAILY.replace(b"currency='CHF'", b""), "with a currency that is not three capital letters"),
        (DAILY.replace(b"HKD", b"CHF"), "with two rates of one currency for one day"),
        (DAILY.replace(b"0.95", b"0,95"), "with a rate that is no number"),
        (b"Date, CHF\n", "neither XML nor CSV as the ECB writes it"),
        (b"Date, " + b"x" * 200_000, "neither XML nor CSV as the ECB writes it"),
        (b"code;rate\nCHF;1", "neither XML nor CSV as the ECB writes it"),
        (b"Date, CHF, HKD, \n20 November 2026, 0.95", "CSV of which a line is too short"),
        (b"Date, CHF\nFriday, 0.95", "with a day that is no date"),
        (b"Date, CHF\n20 November 2026, N/A", "without a rate"),
        (b"Date, CHF\n20 November 2026, NaN", "with a rate that cannot be"),
        (b"Date, CHF\n20 November 2026, 0", "with a rate that cannot be"),
        (b"Date, Franc\n20 November 2026, 1", "with a currency that is not three capital letters"),
        (b"PK\x03\x04\xff\xfe\x00", "not UTF-8, or packed"),
    ],
)
def test_what_is_no_such_file_is_told_in_a_few_words(content: bytes, it_is: str) -> None:
    with pytest.raises(ValueError, match=re.escape(it_is)) as fault:
        read_ecb(content)
    assert str(fault.value) == it_is


def test_an_amount_is_divided_by_its_rate_and_rounded() -> None:
    assert Exchange("EUR", RATES).convert(Money(Decimal(100), "HKD")) == Money(Decimal("11.11"), "EUR")


def test_without_a_rate_there_is_no_amount_to_compare() -> None:
    assert Exchange("EUR", RATES).convert(Money(Decimal(1), "USD")) is None


def test_euro_rates_are_crossed_into_another_currency() -> None:
    crossed = exchange("CHF", RATES, {})
    assert crossed.convert(Money(Decimal(10), "EUR")) == Money(Decimal("9.50"), "CHF")
    assert crossed.convert(Money(Decimal(90), "HKD")) == Money(Decimal("9.50"), "CHF")


def test_without_a_rate_of_that_currency_nothing_is_crossed() -> None:
    assert exchange("USD", RATES, {}).rates == {}


def test_a_configured_rate_wins_over_the_file() -> None:
    assert exchange("EUR", RATES, {"CHF": Decimal(1)}).rates["CHF"] == 1


@given(st.decimals(0, 10**6, places=2))
def test_an_amount_of_the_currency_itself_stays_as_it_is(amount: Decimal) -> None:
    assert Exchange("EUR", RATES).convert(Money(amount, "EUR")) == Money(amount, "EUR")


def test_a_file_that_changed_is_read_again_and_a_broken_one_is_not_believed(tmp_path: Path) -> None:
    path, now = tmp_path / "rates.csv", 0.0
    path.write_bytes(CSV)
    file = RatesFile(path, "EUR", {}, clock=lambda: now)

    def later(content: bytes, stamp: int) -> Decimal | None:
        nonlocal now
        path.write_bytes(content)
        os.utime(path, ns=(stamp, stamp))
        now += LOOK_EVERY_S
        return file().rates.get("CHF")

    assert file().rates["CHF"] == Decimal("0.95")
    assert later(b"Date, CHF\n21 November 2026, 0.97\n", 1) == Decimal("0.97")
    assert later(b"half a fi", 2) == Decimal("0.97")
    path.unlink()
    now += LOOK_EVERY_S
    assert file().rates["CHF"] == Decimal("0.97")


def test_a_missing_file_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        RatesFile(tmp_path / "none.xml", "EUR", {})


def test_a_file_without_the_currency_of_comparison_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(CSV)
    with pytest.raises(ValueError, match="GBP"):
        RatesFile(path, "GBP", {})
