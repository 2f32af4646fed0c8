"""Owners describe their yards, publish and withdraw them; and what may come of that."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import strawberry

from parkgraph.accounts.principal import Role
from parkgraph.api import ids, inputs
from parkgraph.api.access import For, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError
from parkgraph.api.owners import OWNERS, available, editor
from parkgraph.api.yard_inputs import (
    YardChanges,
    YardInput,
    YardSpaceChanges,
    YardSpacesInput,
    naming,
)
from parkgraph.api.yard_inputs import (
    spaces as read_spaces,
)
from parkgraph.api.yards import Yard, YardMissing, YardSpace
from parkgraph.yards import outcome, yard
from parkgraph.yards.service import KeyUsed
from parkgraph.yards.spaces import check_known, with_changed, with_more, without


@own
@strawberry.type(description="Another change came first. `current` is what it made: look at it, then change that.")
class YardConflict:
    text: str
    current: Yard


@own
@strawberry.type(description="A yard that is published needs all of these.")
class YardIncomplete:
    missing: list[YardMissing]


@own
@strawberry.type(description="One has no such yard.")
class YardNotFound:
    text: str


@own
@strawberry.type(description="Somebody has a right to these spaces, now or later, so they cannot be taken away.")
class YardSpacesBooked:
    text: str
    spaces: list[YardSpace]


EditYardResult = Annotated[
    Yard | YardConflict | YardIncomplete | YardNotFound | YardSpacesBooked, strawberry.union("EditYardResult")
]
Result = Yard | YardConflict | YardIncomplete | YardNotFound | YardSpacesBooked

Version = Annotated[int, strawberry.argument(description="The yard's `version` that the change is made to.")]


@strawberry.type
class YardEditingMutation:
    @strawberry.field(
        description="A draft of one's own, made once for each key however often it is asked.", extensions=[OWNERS]
    )
    async def create_yard(
        self,
        info: Info,
        idempotency_key: Annotated[
            str,
            strawberry.argument(description="Of this yard alone, such as a random UUID; the same when asked again."),
        ],
        input: YardInput,  # noqa: A002
    ) -> Yard:
        key, facts = inputs.idempotency_key(idempotency_key), input.to_domain()
        try:
            with available(), naming("input"):
                return Yard.of(await info.context.yards.create(editor(info), key, facts))
        except KeyUsed:
            raise BadUserInputError("idempotencyKey: made another yard; use a new key for a new yard") from None

    @strawberry.field(description="Where it is published, it stays complete.", extensions=[OWNERS])
    async def change_yard(
        self, info: Info, yard_id: strawberry.ID, version: Version, changes: YardChanges
    ) -> EditYardResult:
        facts = changes.facts("changes")
        with naming("changes"):
            return await _change(info, yard_id, version, lambda before: replace(before, **facts))

    @strawberry.field(
        description="From now on it is listed, and takes bookings. One that was withdrawn comes back.",
        extensions=[OWNERS],
    )
    async def publish_yard(self, info: Info, yard_id: strawberry.ID, version: Version) -> EditYardResult:
        wanted = ids.yard_id(yard_id, "yardId")
        with available():
            return result(await info.context.yards.publish(editor(info), wanted, version))

    @strawberry.field(
        description="From now on it is not listed and takes no bookings. Those that it has stay, and are kept.",
        extensions=[OWNERS],
    )
    async def withdraw_yard(self, info: Info, yard_id: strawberry.ID, version: Version) -> EditYardResult:
        wanted = ids.yard_id(yard_id, "yardId")
        with available():
            return result(await info.context.yards.withdraw(editor(info), wanted, version))

    @strawberry.field(extensions=[OWNERS])
    async def add_yard_spaces(
        self, info: Info, yard_id: strawberry.ID, version: Version, spaces: list[YardSpacesInput]
    ) -> EditYardResult:
        more = read_spaces(spaces, "spaces")
        with naming():
            return await _change(info, yard_id, version, lambda before: with_more(before, more))

    @strawberry.field(description="The same change of one or several spaces.", extensions=[OWNERS])
    async def change_yard_spaces(
        self,
        info: Info,
        yard_id: strawberry.ID,
        version: Version,
        space_ids: list[strawberry.ID],
        changes: YardSpaceChanges,
    ) -> EditYardResult:
        chosen, facts = _spaces(space_ids), changes.facts()

        def revise(before: yard.Yard) -> yard.Yard:
            check_known(before, chosen)
            with naming("changes"):
                return with_changed(before, chosen, facts)

        with naming():
            return await _change(info, yard_id, version, revise)

    @strawberry.field(description="Refused where one of them is booked, now or later.", extensions=[OWNERS])
    async def remove_yard_spaces(
        self, info: Info, yard_id: strawberry.ID, version: Version, space_ids: list[strawberry.ID]
    ) -> EditYardResult:
        chosen = _spaces(space_ids)

        def revise(before: yard.Yard) -> yard.Yard:
            check_known(before, chosen)
            return without(before, chosen)

        with naming():
            return await _change(info, yard_id, version, revise)

    @strawberry.field(description="What part of a price is the owner's.", extensions=[For(Role.OPERATOR)])
    async def set_yard_terms(
        self, info: Info, yard_id: strawberry.ID, version: Version, owner_percent: Decimal
    ) -> EditYardResult:
        with naming():
            return await _change(info, yard_id, version, lambda before: replace(before, owner_percent=owner_percent))


async def _change(info: Info, yard_id: str, version: int, revise: Callable[[yard.Yard], yard.Yard]) -> Result:
    wanted = ids.yard_id(yard_id, "yardId")
    with available():
        return result(await info.context.yards.change(editor(info), wanted, version, revise))


def result(of: outcome.Outcome) -> Result:
    match of:
        case outcome.Saved(saved):
            return Yard.of(saved)
        case outcome.Conflict(current):
            return YardConflict(text="The yard was changed meanwhile.", current=Yard.of(current))
        case outcome.Incomplete(missing):
            return YardIncomplete(missing=[YardMissing.of(each) for each in missing])
        case outcome.NotFound():
            return YardNotFound(text="You have no such yard.")
        case outcome.SpacesBooked(booked):
            text = "These are booked: they can be taken away when that is over."
            return YardSpacesBooked(text=text, spaces=[YardSpace.of(space) for space in booked])


def _spaces(given: list[strawberry.ID]) -> frozenset[int]:
    return frozenset(ids.yard_space_id(each, "spaceIds") for each in given)
