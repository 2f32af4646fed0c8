"""Rules about what an adapter says of itself: its settings, and the network as data."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final, get_args

from pydantic import SecretBytes, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from parkgraph.domain.place import Listing
from parkgraph.sdk.booking import BookingAdapter
from parkgraph.sdk.conformance.refused import by_domain
from parkgraph.sdk.conformance.rule import Problem, rule
from parkgraph.sdk.conformance.subject import Subject
from parkgraph.sdk.contract import Capability, FeedAdapter, SearchAdapter
from parkgraph.sdk.replay import ReplayClient

SECRET_NAME: Final = re.compile(
    r"(secret|passwords?|passphrase|pass|pin|token|(^|_|api)key|credentials?|auth(orization)?)$"
)
NO_ADDRESSES: Final = ("ftp://example.org/a", "example.org", "https://user:word@example.org/a")


@rule("settings", "Every setting is described, none changes after the start, and an unknown one is an error.")
def settings(subject: Subject) -> Iterator[Problem]:
    model = subject.adapter_class.Settings
    if model.model_config.get("extra") != "forbid":
        yield Problem("Settings", "an unknown key is no error.", "Derive them from AdapterSettings.")
    if not model.model_config.get("frozen"):
        yield Problem("Settings", "they can be changed.", "Derive them from AdapterSettings.")
    for name, field in model.model_fields.items():
        if not (field.description or "").strip():
            yield Problem(f"Settings.{name}", "it has no description.", "Say in Field(description=…) what it is.")


@rule("addresses", "An address in the settings is a Url: only http and https, without a password in it.")
def addresses(subject: Subject) -> Iterator[Problem]:
    for name, field in subject.adapter_class.Settings.model_fields.items():
        is_text = str in (field.annotation, *get_args(field.annotation))
        if is_text and _is_address(subject, name, field) and any(_accepts(field, no) for no in NO_ADDRESSES):
            yield Problem(f"Settings.{name}", "it takes what is no address.", "Make it a parkgraph.sdk.Url.")


def _is_address(subject: Subject, name: str, field: FieldInfo) -> bool:
    """By its name, its default or its value in the demo."""
    values = (str(field.default), str(subject.demo.get(name, "")))
    return name == "url" or name.endswith("_url") or any(v.startswith(("http:", "https:", "file:")) for v in values)


def _accepts(field: FieldInfo, value: str) -> bool:
    kind: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter[object](kind).validate_python(value)
    except ValidationError:
        return False
    return True


@rule("secrets-typed", "A secret in the settings is a SecretStr.")
def secrets_typed(subject: Subject) -> Iterator[Problem]:
    for name, field in subject.adapter_class.Settings.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        if SECRET_NAME.search(name) and str in kinds and not {SecretStr, SecretBytes} & kinds:
            yield Problem(f"Settings.{name}", "it is shown by repr().", "Make it a SecretStr.")


@rule(
    "info", "The network is data: named, attributed and licensed, the same whenever it is asked for, without a request."
)
def info(subject: Subject) -> Iterator[Problem]:
    said = subject.info
    for name in ("name", "homepage", "attribution", "licence"):
        if not getattr(said, name):
            yield Problem(f"info.{name}", "it is empty.", "Take it from the network's page about its data.")
    if said.homepage and not said.homepage.startswith(("https://", "http://")):
        yield Problem("info.homepage", "it is no address of the web.", "Begin it with https://.")
    if said.max_age <= timedelta():
        yield Problem("info.max_age", "no occupancy would be fresh.", "Say for how long one is to be believed.")
    again = subject.new(ReplayClient(subject.samples))
    if again.info != said or again.info != again.info:
        yield Problem("info", "it differs from one time to the next.", "Let it depend on the settings alone.")


@rule("capabilities", "What is declared is what is answered.")
def capabilities(subject: Subject) -> Iterator[Problem]:
    declared = subject.info.capabilities
    kind = subject.adapter_class
    own_quote = issubclass(kind, SearchAdapter) and kind.quote is not SearchAdapter.quote
    own_occupancies = issubclass(kind, FeedAdapter) and kind.occupancies is not FeedAdapter.occupancies
    by_class = {
        Capability.LISTINGS: issubclass(kind, FeedAdapter),
        Capability.SEARCH: issubclass(kind, SearchAdapter),
        Capability.BOOKING: issubclass(kind, BookingAdapter),
        Capability.QUOTE: own_quote,
    }
    for capability, can in by_class.items():
        if (capability in declared) != can:
            yield _mismatch(capability, can)
    if subject.info.occupancies_every and not own_occupancies:
        yield Problem("info.occupancies_every", "there is no occupancies().", "Write it, or leave the cadence None.")
    listings = [listing for _, listing in subject.listings()]
    by_answer = {
        Capability.OCCUPANCY: any(
            not isinstance(item, Listing) or (item.occupancy and item.occupancy.vacant is not None)
            for _, item in subject.items()
        ),
        Capability.PRICES: any(listing.rates or listing.offers for listing in listings),
    }
    some_were_lost = any(row for batch in subject.answers.values() for row in by_domain(batch))
    lost = [rejected for batch in subject.answers.values() for rejected in batch.rejected]
    for capability, seen in by_answer.items():
        if (capability in declared) != seen and (seen or not some_were_lost):
            problem = _mismatch(capability, seen)
            if lost and not seen:
                problem = replace(problem, advice=f"{problem.advice} {len(lost)} rows are rejected: {lost[0].reason}.")
            yield problem


def _mismatch(capability: Capability, seen: bool) -> Problem:
    where = "info.capabilities"
    if seen:
        return Problem(where, f"{capability} is answered and not declared.", f"Declare {capability}.")
    return Problem(where, f"{capability} is declared and not answered.", f"Leave {capability} out, or answer it.")


@rule("cadence", "What one refresh asks, as often as it is refreshed, is within the rate that the network allows.")
def cadence(subject: Subject) -> Iterator[Problem]:
    said = subject.info
    if said.max_per_minute < 1:
        yield Problem("info.max_per_minute", "it is below 1.", "Give the requests that the network allows.")
        return
    for name, call, every in (
        ("refresh_every", "listings", said.refresh_every),
        ("occupancies_every", "occupancies", said.occupancies_every),
    ):
        if every is None:
            continue
        if every < timedelta(seconds=1):
            yield Problem(f"info.{name}", "it is shorter than a second.", "Give the network's own cadence.")
        elif call in subject.answers:
            a_minute = len(subject.baseline[call].asked) * timedelta(minutes=1) / every
            if a_minute > said.max_per_minute:
                yield Problem(f"info.{name}", "it asks more often than max_per_minute.", "Ask less often, or for less.")
