"""Owners describe their yards in GraphQL, over a real database."""

import json
from typing import Any, Final

import pytest

from parkgraph.accounts.principal import Role
from tests.networks.scripted import eventually_async
from tests.yards.serving import Api

ANNA: Final = ("anna", Role.OWNER)
BERTA: Final = ("berta", Role.OWNER)
DORA: Final = ("dora", Role.DRIVER)
OLGA: Final = ("olga", Role.OPERATOR)
PIA: Final = ("pia", Role.PARTNER)

CREATE = "mutation ($key: String!, $input: YardInput!) { createYard(idempotencyKey: $key, input: $input) { ...Whole } }"
EDIT = """{ __typename ... on Yard { ...Whole } ... on YardConflict { text current { version name } }
  ... on YardIncomplete { missing { field text } } ... on YardNotFound { text }
  ... on YardSpacesBooked { spaces { label } } }"""
CHANGE = f"""mutation ($id: ID!, $version: Int!, $changes: YardChanges!) {{
  changeYard(yardId: $id, version: $version, changes: $changes) {EDIT} }}"""
PUBLISH = f"mutation ($id: ID!, $version: Int!) {{ publishYard(yardId: $id, version: $version) {EDIT} }}"
WITHDRAW = f"mutation ($id: ID!, $version: Int!) {{ withdrawYard(yardId: $id, version: $version) {EDIT} }}"
ADD = f"""mutation ($id: ID!, $version: Int!, $spaces: [YardSpacesInput!]!) {{
  addYardSpaces(yardId: $id, version: $version, spaces: $spaces) {EDIT} }}"""
CHANGE_SPACES = f"""mutation ($id: ID!, $version: Int!, $spaces: [ID!]!, $changes: YardSpaceChanges!) {{
  changeYardSpaces(yardId: $id, version: $version, spaceIds: $spaces, changes: $changes) {EDIT} }}"""
REMOVE = f"""mutation ($id: ID!, $version: Int!, $spaces: [ID!]!) {{
  removeYardSpaces(yardId: $id, version: $version, spaceIds: $spaces) {EDIT} }}"""
TERMS = f"""mutation ($id: ID!, $version: Int!, $percent: Decimal!) {{
  setYardTerms(yardId: $id, version: $version, ownerPercent: $percent) {EDIT} }}"""
YARD = "query ($id: ID!) { yard(id: $id) { ...Whole } }"
WHOLE = """
fragment Whole on Yard {
  id status name location { latitude longitude } address timezone country kind openingHours
  exceptions { first last hours } exceptionNotes maxHeightCm maxWidthCm maxLengthCm maxWeightKg features description
  photos capacity spaces { id label maxHeightCm maxWidthCm maxLengthCm ev covered accessible audience }
  rates { currency simple { price { amount currency } unitMinutes freeMinutes dayMaximum { amount } maxStayMinutes
    bands { start end days price maximum } } document }
  approvalRequired cancellation { freeHours refundPercent } accessMethod entry { code instructions }
  version missingToPublish { field } ownerPercent payoutReference publishedAt withdrawnAt
}
"""
OWNERS_FIELDS = {
    "entry", "version", "missingToPublish", "exceptionNotes", "ownerPercent", "payoutReference", "publishedAt",
    "withdrawnAt",
}  # fmt: skip
BARE: Final = {"name": "Hof Beispiel", "timezone": "Europe/Berlin", "country": "DE"}
COMPLETE: Final[dict[str, Any]] = {
    **BARE,
    "location": {"latitude": 48.78, "longitude": 9.18},
    "spaces": [{"labels": ["1", "2"], "covered": True}, {"count": 2}],
    "rates": {"simple": {"currency": "EUR", "price": "1.20", "dayMaximum": "9.60"}},
    "openingHours": "Mo-Sa 07:00-20:00",
    "access": {"method": "CODE", "code": "4711"},
    "instructions": "The second gate.",
}


def whole(query: str) -> str:
    return query + WHOLE


async def create(api: Api, who: tuple[str, Role] = ANNA, key: str = "one", **facts: Any) -> dict[str, Any]:
    made: dict[str, Any] = await api.ask(who, whole(CREATE), key=key, input={**COMPLETE, **facts})
    return made


async def edit(api: Api, who: tuple[str, Role], query: str, yard: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The edit of this version of the yard."""
    variables: dict[str, Any] = {"id": yard["id"], "version": yard["version"], **more}
    answer: dict[str, Any] = await api.ask(who, whole(query), **variables)
    return answer


async def publish(api: Api, who: tuple[str, Role] = ANNA, **facts: Any) -> dict[str, Any]:
    published = await edit(api, who, PUBLISH, await create(api, who, **facts))
    assert published["__typename"] == "Yard", published
    return published


async def test_a_yard_reads_as_it_was_written(api: Api) -> None:
    facts: dict[str, Any] = {
        "address": "Beispielweg 1, 70173 Stuttgart",
        "kind": "SURFACE",
        "exceptions": [
            {"first": "2026-12-24", "last": "2026-12-26", "note": "Weihnachten"},
            {"first": "2026-12-31", "last": "2026-12-31", "hours": "08:00-12:00"},
        ],
        "maxHeightCm": 300,
        "maxWidthCm": 250,
        "maxLengthCm": 600,
        "maxWeightKg": 3500,
        "features": ["LIT", "GUARDED"],
        "description": "Behind the house.\nSlowly, please.",
        "photos": ["https://images.example.org/hof.jpg"],
        "approvalRequired": True,
        "cancellation": {"freeHours": 48, "refundPercent": 50},
        "payoutReference": "Hof 7",
        "spaces": [{"labels": [" 1 "], "maxHeightCm": 210, "ev": True, "accessible": True, "audience": "DISABLED"}],
    }
    made = await create(api, **facts)
    (space,) = made.pop("spaces")
    assert await api.ask(ANNA, whole(YARD), id=made["id"]) == {**made, "spaces": [space]}
    plain = {name: value for name, value in facts.items() if name not in {"spaces", "exceptions", "features"}}
    assert {name: made[name] for name in plain} == plain
    assert made["features"] == ["GUARDED", "LIT"]
    assert made["exceptions"] == [
        {"first": "2026-12-24", "last": "2026-12-26", "hours": None},
        {"first": "2026-12-31", "last": "2026-12-31", "hours": "08:00-12:00"},
    ]
    assert made["exceptionNotes"] == ["Weihnachten", None]
    assert (made["status"], made["version"], made["capacity"], made["missingToPublish"]) == ("DRAFT", 1, 1, [])
    assert (made["accessMethod"], made["entry"]) == ("CODE", {"code": "4711", "instructions": "The second gate."})
    assert {name: space[name] for name in ("label", "maxHeightCm", "ev", "covered", "accessible", "audience")} == {
        "label": "1",
        "maxHeightCm": 210,
        "ev": True,
        "covered": False,
        "accessible": True,
        "audience": "DISABLED",
    }


async def test_a_draft_needs_no_more_than_a_name_and_where_in_the_world_it_is(api: Api) -> None:
    made = await api.ask(ANNA, whole(CREATE), key="one", input=BARE)
    assert [lacks["field"] for lacks in made["missingToPublish"]] == [
        "location",
        "spaces",
        "rates",
        "openingHours",
        "access",
    ]
    assert (made["cancellation"], made["ownerPercent"]) == ({"freeHours": 24, "refundPercent": 0}, "100.00")


async def test_the_same_key_answers_with_the_same_yard(api: Api) -> None:
    made = await create(api)
    assert await create(api) == made
    other = await api.refusal(ANNA, whole(CREATE), key="one", input={**COMPLETE, "name": "Another"})
    assert other == "BAD_USER_INPUT idempotencyKey: made another yard; use a new key for a new yard"
    assert (await create(api, BERTA))["id"] != made["id"]


async def test_simple_rates_and_their_document_read_as_they_were_written(api: Api) -> None:
    simple = {
        "price": "1.20",
        "unitMinutes": 30,
        "freeMinutes": 15,
        "dayMaximum": "9.60",
        "maxStayMinutes": 2880,
        "bands": [{"start": "18:00", "end": "08:00", "days": ["MON", "HOLIDAY"], "price": "0.50", "maximum": "4.00"}],
    }
    made = await create(api, rates={"simple": {"currency": "EUR", **simple}})
    assert made["rates"]["simple"] == {
        **simple,
        "price": {"amount": "1.20", "currency": "EUR"},
        "dayMaximum": {"amount": "9.60"},
    }
    again = await create(api, key="two", rates={"document": made["rates"]["document"]})
    assert again["rates"] == made["rates"]


async def test_rates_that_are_not_simple_have_a_document_alone(api: Api) -> None:
    line = {"rateLineType": "flatRate", "value": 2.50}
    document = {"rateLineCollections": [{"applicableCurrency": "EUR", "rateLines": [line]}]}
    made = await create(api, rates={"document": json.dumps(document)})
    assert made["rates"]["simple"] is None
    assert '"2.5"' in made["rates"]["document"]


async def test_what_is_left_out_of_a_change_stays_and_null_takes_it_away(api: Api) -> None:
    made = await create(api, description="Behind the house.", features=["LIT"], maxHeightCm=300)
    changes = {"description": None, "features": None, "maxHeightCm": 310, "name": "Hof Zwei"}
    after = await edit(api, ANNA, CHANGE, made, changes=changes)
    assert after == {
        **made,
        "__typename": "Yard",
        "description": None,
        "features": [],
        "maxHeightCm": 310,
        "name": "Hof Zwei",
        "version": 2,
    }


async def test_a_stale_change_is_answered_with_what_there_is_now(api: Api) -> None:
    made = await create(api)
    await edit(api, ANNA, CHANGE, made, changes={"name": "First"})
    answer = await edit(api, ANNA, CHANGE, made, changes={"name": "Second"})
    assert answer["__typename"] == "YardConflict"
    assert answer["current"] == {"version": 2, "name": "First"}
    for query in (PUBLISH, WITHDRAW):
        assert (await edit(api, ANNA, query, made))["__typename"] == "YardConflict"


async def test_publishing_says_what_is_missing(api: Api) -> None:
    made = await create(api, rates=None, access=None)
    answer = await edit(api, ANNA, PUBLISH, made)
    assert answer["__typename"] == "YardIncomplete"
    assert [lacks["field"] for lacks in answer["missing"]] == ["rates", "access"]
    assert all(lacks["text"] for lacks in answer["missing"])


NEARBY = """{ nearby(near: {latitude: 48.78, longitude: 9.18}) { nodes { name openingHours listings { yardId } } } }"""


async def test_a_yard_is_found_as_soon_as_it_is_published_and_no_more_when_it_is_withdrawn(api: Api) -> None:
    async def names() -> list[str]:
        return [node["name"] for node in (await api.ask(None, NEARBY))["nodes"]]

    async def lists(*expected: str) -> bool:
        return await names() == list(expected)

    exceptions = [{"first": "2026-12-24", "last": "2026-12-24"}]
    published = await publish(api, exceptions=exceptions)
    await eventually_async(lambda: lists("Hof Beispiel"), "the published yard")
    (node,) = (await api.ask(None, NEARBY))["nodes"]
    assert node["openingHours"] == "Mo-Sa 07:00-20:00; 2026 Dec 24 off"
    assert node["listings"] == [{"yardId": published["id"]}]
    changed = await edit(api, ANNA, CHANGE, published, changes={"name": "Hof Zwei"})
    await eventually_async(lambda: lists("Hof Zwei"), "the change")
    place = "query ($id: ID!) { yard(id: $id) { place { name } } }"
    assert await api.ask(None, place, id=published["id"]) == {"place": {"name": "Hof Zwei"}}
    await edit(api, ANNA, WITHDRAW, changed)
    await eventually_async(lists, "the withdrawal")


async def test_everybody_sees_a_published_yard_without_what_is_its_owners(api: Api) -> None:
    published = await publish(api)
    public = {name: None if name in OWNERS_FIELDS else value for name, value in published.items()}
    del public["__typename"]
    for who in (None, DORA, BERTA, PIA):
        assert await api.ask(who, whole(YARD), id=published["id"]) == public, who
    for who in (ANNA, OLGA):
        seen = await api.ask(who, whole(YARD), id=published["id"])
        assert {**seen, "__typename": "Yard"} == published, who


async def test_a_yard_is_a_node(api: Api) -> None:
    node = "query ($id: ID!) { node(id: $id) { __typename id } }"
    draft = await create(api)
    assert await api.ask(ANNA, node, id=draft["id"]) == {"__typename": "Yard", "id": draft["id"]}
    assert await api.ask(None, node, id=draft["id"]) is None


async def test_others_do_not_see_a_draft_nor_one_that_is_withdrawn(api: Api) -> None:
    draft = await create(api)
    gone = await edit(api, ANNA, WITHDRAW, await publish(api, key="two"))
    assert gone["status"] == "WITHDRAWN"
    for yard in (draft, gone):
        for who, sees in ((None, False), (DORA, False), (BERTA, False), (PIA, False), (OLGA, True), (ANNA, True)):
            assert (await api.ask(who, whole(YARD), id=yard["id"]) is not None) is sees, who


EDITS: Final[list[tuple[str, dict[str, Any]]]] = [
    (CHANGE, {"changes": {"name": "Mine"}}),
    (PUBLISH, {}),
    (WITHDRAW, {}),
    (ADD, {"spaces": [{"count": 1}]}),
    (CHANGE_SPACES, {"spaces": [], "changes": {"ev": True}}),
    (REMOVE, {"spaces": []}),
]


@pytest.mark.parametrize(
    ("query", "more"), EDITS, ids=[query.split("{")[1].split("(")[0].strip() for query, _ in EDITS]
)
async def test_an_edit_is_for_the_yards_owner_and_for_operators(api: Api, query: str, more: dict[str, Any]) -> None:
    yard, another = await publish(api), await publish(api, key="another")

    def of(yard: dict[str, Any]) -> dict[str, Any]:
        return {**more, "spaces": [yard["spaces"][0]["id"]]} if more.get("spaces") == [] else more

    variables = {"id": yard["id"], "version": yard["version"], **of(yard)}
    assert (await api.refusal(None, whole(query), **variables)).startswith("UNAUTHENTICATED")
    for who in (DORA, PIA):
        assert (await api.refusal(who, whole(query), **variables)).startswith("FORBIDDEN")
    assert (await edit(api, BERTA, query, yard, **of(yard)))["__typename"] == "YardNotFound"
    unchanged = await api.ask(ANNA, whole(YARD), id=yard["id"])
    assert {**unchanged, "__typename": "Yard"} == yard
    assert (await edit(api, ANNA, query, yard, **of(yard)))["__typename"] == "Yard"
    assert (await edit(api, OLGA, query, another, **of(another)))["__typename"] == "Yard"


async def test_a_yard_is_created_by_owners_and_operators(api: Api) -> None:
    assert (await api.refusal(None, whole(CREATE), key="one", input=BARE)).startswith("UNAUTHENTICATED")
    for who in (DORA, PIA):
        assert (await api.refusal(who, whole(CREATE), key="one", input=BARE)).startswith("FORBIDDEN")
    for who in (ANNA, OLGA):
        assert (await api.ask(who, whole(CREATE), key="one", input=BARE))["status"] == "DRAFT"


async def test_what_part_is_the_owners_is_said_by_operators_alone(api: Api) -> None:
    yard = await publish(api)
    variables = {"id": yard["id"], "version": yard["version"], "percent": "85.5"}
    for who in (ANNA, DORA, PIA):
        assert (await api.refusal(who, whole(TERMS), **variables)).startswith("FORBIDDEN")
    assert (await edit(api, OLGA, TERMS, yard, percent="85.5"))["ownerPercent"] == "85.5"
    assert (await api.ask(ANNA, whole(YARD), id=yard["id"]))["ownerPercent"] == "85.50"
    refusal = await api.refusal(OLGA, whole(TERMS), **{**variables, "version": 3, "percent": "101"})
    assert refusal.startswith("BAD_USER_INPUT ownerPercent: ")


async def test_spaces_come_change_and_go(api: Api) -> None:
    yard = await publish(api)
    more = await edit(api, ANNA, ADD, yard, spaces=[{"labels": ["5"], "ev": True}])
    assert [space["label"] for space in more["spaces"]] == ["1", "2", None, None, "5"]
    first, second = (space["id"] for space in more["spaces"][:2])
    changes = {"maxHeightCm": 200, "covered": None}
    changed = await edit(api, ANNA, CHANGE_SPACES, more, spaces=[first, second], changes=changes)
    assert [(space["maxHeightCm"], space["covered"]) for space in changed["spaces"][:3]] == [
        (200, False),
        (200, False),
        (None, False),
    ]
    fewer = await edit(api, ANNA, REMOVE, changed, spaces=[first])
    assert ([space["label"] for space in fewer["spaces"]], fewer["capacity"]) == (["2", None, None, "5"], 4)
    refusal = await api.refusal(ANNA, whole(REMOVE), id=yard["id"], version=fewer["version"], spaces=[first, second])
    assert refusal.startswith("BAD_USER_INPUT spaceIds: ")


async def test_ones_yards_come_the_newest_first_and_page_by_page(api: Api) -> None:
    query = """query ($first: Int!, $after: String) { viewer { yards(first: $first, after: $after) {
      edges { cursor node { name } } nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    for name in ("a", "b", "c"):
        await create(api, key=name, name=name)
    await create(api, BERTA, name="another's")
    page = (await api.ask(ANNA, query, first=2))["yards"]
    assert [node["name"] for node in page["nodes"]] == ["c", "b"]
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "endCursor": page["edges"][1]["cursor"],
    }
    rest = (await api.ask(ANNA, query, first=2, after=page["pageInfo"]["endCursor"]))["yards"]
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["a"]
    assert not rest["pageInfo"]["hasNextPage"]
    assert (await api.refusal(ANNA, query, first=2, after="x")).startswith("BAD_USER_INPUT after: ")
    assert await api.ask(None, query, first=2) is None


@pytest.mark.parametrize("query", [CHANGE, PUBLISH, WITHDRAW])
async def test_ids_that_are_none_are_told_apart_from_unknown_ones(api: Api, query: str) -> None:
    made = await create(api)
    more: dict[str, Any] = {"changes": {}} if query is CHANGE else {}
    for wrong in ("", "x", made["spaces"][0]["id"]):
        refusal = await api.refusal(ANNA, whole(query), id=wrong, version=1, **more)
        assert refusal.startswith("BAD_USER_INPUT yardId: ")
    assert (await edit(api, BERTA, query, made, **more))["__typename"] == "YardNotFound"
