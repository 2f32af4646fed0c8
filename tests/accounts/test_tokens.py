"""Which tokens are accepted, and that no other is."""

import time
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.accounts.key_set import KeySet, PublicKey
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import CredentialRefused
from parkgraph.accounts.tokens import KIND_OF_KEY, LEEWAY_SECONDS, MAX_CHARS, Issuer, take_apart, verify
from tests.accounts.issuer import (
    AUDIENCE,
    NAME,
    Private,
    b64,
    claims,
    ec_key,
    ed_key,
    jwk,
    jwks,
    rsa_key,
    sign,
    signed_with_secret,
    unsigned,
)

DEFAULT: Final = frozenset({"RS256", "ES256", "EdDSA"})
INVALID: Final = "The token is not valid here."


class Known:
    """Keys that are known from the beginning."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.keys = KeySet.read(jwks(*rows))

    async def find(self, kid: str | None, kind: str, algorithm: str) -> PublicKey | None:
        return self.keys.find(kid, kind, algorithm)


KEYS: Final[dict[str, Private]] = {"r": rsa_key(), "e": ec_key(), "o": ed_key()}
ALL: Final = Known(*(jwk(key, kid) for kid, key in KEYS.items()))


def issuer(known: Known = ALL, roles_claim: str = "roles", algorithms: frozenset[str] = DEFAULT) -> Issuer:
    return Issuer(NAME, AUDIENCE, known, algorithms, roles_claim)


async def accepted(token: str, by: Issuer | None = None) -> Principal:
    return await verify(take_apart(token), by or issuer())


async def refusal(token: str, by: Issuer | None = None) -> str:
    with pytest.raises(CredentialRefused) as refused:
        await accepted(token, by)
    return str(refused.value)


@pytest.mark.parametrize("kid", KEYS)
async def test_a_token_of_the_issuer_says_who_sends_it_and_in_which_roles(kid: str) -> None:
    principal = await accepted(sign(KEYS[kid], claims(), kid))
    assert principal == Principal("https://issuer.example|anna", frozenset({Role.OWNER, Role.DRIVER}))


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+jwt", "jwt"])
async def test_a_token_of_access_may_say_so(kind: str) -> None:
    assert (await accepted(sign(ec_key(), claims(), "e", typ=kind))).subject


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (["owner", "PARTNER"], {Role.OWNER, Role.PARTNER}),
        ("operator", {Role.OPERATOR}),
        (["emperor", 7, None, ["owner"]], set()),
        ({"owner": True}, set()),
        (None, set()),
    ],
)
async def test_roles_are_those_that_are_known_and_everyone_is_a_driver(said: object, roles: set[Role]) -> None:
    assert (await accepted(sign(ec_key(), claims(roles=said), "e"))).roles == roles | {Role.DRIVER}


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("groups", {"groups": ["owner"]}),
        ("realm_access.roles", {"realm_access": {"roles": ["owner"]}}),
        ("https://parkgraph.example/roles", {"https://parkgraph.example/roles": ["owner"]}),
        ("realm_access.roles", {"realm_access": "owner"}),
    ],
)
async def test_the_claim_that_names_roles_may_be_another_or_a_nested_one(claim: str, said: dict[str, Any]) -> None:
    principal = await accepted(sign(ec_key(), claims(roles=None, **said), "e"), issuer(roles_claim=claim))
    assert principal.may(Role.OWNER) is (said != {"realm_access": "owner"})


async def test_two_issuers_users_of_one_name_are_two() -> None:
    other = Issuer("https://other.example", AUDIENCE, ALL, DEFAULT)
    there = await accepted(sign(ec_key(), claims(iss=other.name), "e"), other)
    assert there.subject != (await accepted(sign(ec_key(), claims(), "e"))).subject


NOW: Final = int(time.time())
BAD_CLAIMS: Final[dict[str, dict[str, Any]]] = {
    "another issuer": {"iss": "https://evil.example"},
    "an issuer that is only like it": {"iss": NAME + "/"},
    "another audience": {"aud": "elsewhere"},
    "audiences without ours": {"aud": ["elsewhere", "and there"]},
    "no audience": {"aud": None},
    "no end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "an end that is no number": {"exp": float("nan")},
    "an end without end": {"exp": float("inf")},
    "not yet": {"nbf": NOW + 600},
    "a beginning that is no time": {"nbf": "now"},
    "issued in the future": {"iat": NOW + 600},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a subject too long": {"sub": "a" * 256},
    "a subject that no database holds": {"sub": "anna\x00"},
    "a subject of two lines": {"sub": "anna\nberta"},
}


@pytest.mark.parametrize("changes", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
async def test_a_token_that_says_something_else_is_refused(changes: dict[str, Any]) -> None:
    assert await refusal(sign(ec_key(), claims(**changes), "e")) == INVALID


async def test_several_audiences_may_hold_ours() -> None:
    assert (await accepted(sign(ec_key(), claims(aud=["elsewhere", AUDIENCE]), "e"))).subject


async def test_a_token_that_has_expired_is_told_so() -> None:
    assert await refusal(sign(ec_key(), claims(exp=NOW - 60), "e")) == "The token has expired; sign in again."


@pytest.mark.parametrize(
    ("changes", "seconds", "fine"),
    [
        ({"exp": NOW}, LEEWAY_SECONDS - 1, True),
        ({"exp": NOW}, LEEWAY_SECONDS, False),
        ({"nbf": NOW}, -LEEWAY_SECONDS, True),
        ({"nbf": NOW}, -LEEWAY_SECONDS - 1, False),
        ({"iat": NOW}, -LEEWAY_SECONDS, True),
        ({"iat": NOW}, -LEEWAY_SECONDS - 1, False),
    ],
)
async def test_clocks_may_differ_a_little(changes: dict[str, int], seconds: int, fine: bool) -> None:
    signed = take_apart(sign(ec_key(), claims(**({"iat": None} | changes)), "e"))
    now = datetime.fromtimestamp(NOW + seconds, UTC)
    if fine:
        assert (await verify(signed, issuer(), lambda: now)).subject
    else:
        with pytest.raises(CredentialRefused):
            await verify(signed, issuer(), lambda: now)


async def test_an_expired_token_with_a_wrong_signature_is_not_told_that_it_expired() -> None:
    assert await refusal(sign(ec_key("another"), claims(exp=NOW - 60), "e")) == INVALID


PUBLIC_PEM: Final = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PUBLIC_DER: Final = rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
FORGERIES: Final = {
    "no algorithm": unsigned(claims()),
    "no algorithm, with a key": unsigned(claims(), kid="r"),
    "None": unsigned(claims(), alg="None"),
    "the public key as a secret": signed_with_secret(PUBLIC_PEM, claims(), kid="r"),
    "the public key as a secret, in binary": signed_with_secret(PUBLIC_DER, claims(), kid="r"),
    "its number as a secret": signed_with_secret(jwk(rsa_key())["n"].encode(), claims(), kid="r"),
    "a secret that says RS256": signed_with_secret(PUBLIC_PEM, claims(), "RS256", kid="r"),
    "an empty secret": signed_with_secret(b"", claims(), kid="r"),
    "another key": sign(rsa_key("another"), claims(), "r"),
    "another key, named by itself": sign(rsa_key("another"), claims(), "r", jwk=jwk(rsa_key("another"), "r")),
    "another key, at an address": sign(rsa_key("another"), claims(), "r", jku="http://127.0.0.1:9/jwks.json"),
    "another kind of key": sign(ec_key(), claims(), "r"),
    "another algorithm of the same key": sign(rsa_key(), claims(), "r", "RS512"),
    "an algorithm that is not there": sign(rsa_key(), claims(), "r", "RS1"),
    "an algorithm that is no text": sign(rsa_key(), claims(), "r", alg=["RS256"]),
    "a key that is not there": sign(rsa_key(), claims(), "x"),
    "a key that is no text": sign(rsa_key(), claims(), 7),
    "an extension that must be understood": sign(rsa_key(), claims(), "r", crit=["b64"], b64=False),
    "an unknown extension": sign(rsa_key(), claims(), "r", crit=["exp"]),
    "another kind of token": sign(rsa_key(), claims(), "r", typ="logout+jwt"),
}


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES)
async def test_a_forgery_is_refused(token: str) -> None:
    assert await refusal(token) == INVALID


async def test_an_algorithm_that_is_not_configured_is_refused() -> None:
    token = sign(ec_key(), claims(), "e")
    assert await refusal(token, issuer(algorithms=frozenset({"RS256"}))) == INVALID
    assert (await accepted(token, issuer(algorithms=frozenset({"ES256"})))).subject


@pytest.mark.parametrize("algorithms", [frozenset[str](), frozenset({"none"}), frozenset({"RS256", "HS256"})])
def test_no_issuer_has_an_algorithm_without_a_public_key(algorithms: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="algorithms are of"):
        issuer(algorithms=algorithms)
    assert not {"none", "HS256", "HS384", "HS512"} & KIND_OF_KEY.keys()


@pytest.mark.parametrize(
    "known",
    [
        Known(jwk(rsa_key(), "r", use="enc"), jwk(ec_key(), "e")),
        Known(jwk(rsa_key(), "r", key_ops=["encrypt"]), jwk(ec_key(), "e")),
        Known(jwk(rsa_key(), "r", alg="PS256"), jwk(ec_key(), "e")),
        Known(jwk(rsa_key(), "r"), jwk(rsa_key("another"), "r")),
    ],
    ids=["for encryption", "for other operations", "for another algorithm", "of two that bear its name"],
)
async def test_a_key_that_is_not_for_this_is_not_used(known: Known) -> None:
    assert await refusal(sign(rsa_key(), claims(), "r"), issuer(known)) == INVALID


async def test_a_key_without_a_name_is_used_where_it_is_the_only_one_of_its_kind() -> None:
    assert (await accepted(sign(rsa_key(), claims()), issuer(Known(jwk(rsa_key()), jwk(ec_key()))))).subject
    two = Known(jwk(rsa_key("another")), jwk(rsa_key()))
    assert await refusal(sign(rsa_key(), claims()), issuer(two)) == INVALID


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": []}',
        b'{"keys": {}}',
        b'{"keys": [7, null, {}]}',
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
        b'{"keys": [{"kty": ["RSA"]}]}',
        b'{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}',
        b'{"keys": [{"kty": "EC", "crv": "P-256", "x": "AQAB", "y": "AQAB"}]}',
        jwks(jwk(rsa_key(bits=1024), "weak")),
        jwks(*[jwk(ec_key(), str(number)) for number in range(101)]),
        b"[" * 100_000,
    ],
    ids=lambda _: "",
)
def test_a_document_without_a_usable_key_is_none(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"JWKS|public key"):
        KeySet.read(document)


def test_a_key_that_is_not_understood_spoils_no_other() -> None:
    rows = [{"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"}, {"kty": "RSA"}, {"kty": "oct", "k": "AQ"}]
    assert KeySet.read(jwks(*rows, jwk(ec_key(), "e"))).find("e", "EC", "ES256")


def enough(token: str) -> str:
    return token + "a" * (MAX_CHARS + 1 - len(token))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "...",
        "a.b.c",
        "a.b.c.d.e",
        enough(sign(ec_key(), claims(), "e")),
        sign(ec_key(), claims(padding="x" * MAX_CHARS), "e"),
        sign(ec_key(), b"[" * 5_000, "e"),
        sign(ec_key(), b"[]", "e"),
        sign(ec_key(), b"\xff", "e"),
        sign(ec_key(), b'"iss"', "e"),
        f"{b64(b'[]')}.{b64(b'{}')}.{b64(b'x')}",
        f"{b64(b'7')}.{b64(b'{}')}.{b64(b'x')}",
        "ü.ü.ü",
    ],
    ids=lambda _: "",
)
async def test_what_is_no_token_or_a_huge_one_is_refused(token: str) -> None:
    assert await refusal(token) == INVALID


@given(st.text(max_size=300))
def test_whatever_is_sent_is_taken_apart_or_refused(token: str) -> None:
    with pytest.raises(CredentialRefused):
        take_apart(token)


GOOD: Final = sign(ec_key(), claims(exp=NOW + 86_400), "e")


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("AQgw_-.é"))
async def test_a_token_in_which_anything_was_changed_is_refused(at: int, letter: str) -> None:
    changed = GOOD[:at] + letter + GOOD[at + 1 :]
    header, payload, _ = GOOD.split(".")
    # Of the last letter of each part the lowest bits say nothing.
    insignificant = {len(header) - 1, len(header) + len(payload), len(GOOD) - 1}
    if changed != GOOD and at not in insignificant:
        await refusal(changed)
