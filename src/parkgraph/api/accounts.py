"""API keys of whoever asks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from parkgraph.accounts import api_key
from parkgraph.accounts.api_key import LIVE_OF_A_LABEL, LIVE_OF_AN_ACCOUNT
from parkgraph.accounts.api_keys import Created
from parkgraph.accounts.principal import Principal, Role
from parkgraph.accounts.refusals import AccountsUnavailable
from parkgraph.api import ids
from parkgraph.api.access import For, own
from parkgraph.api.context import Info
from parkgraph.api.errors import BadUserInputError, CodedError, ErrorCode


@own
@strawberry.type(description="A key that stands for its account, as a token does, for programs that nobody signs in.")
class ApiKey:
    subject: strawberry.Private[api_key.ApiKey]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(ids.encode(ids.API_KEY, self.subject.id.hex))

    @strawberry.field(description="What it is for.")
    def label(self) -> str:
        return self.subject.label

    @strawberry.field
    def roles(self) -> list[Role]:
        return sorted(self.subject.roles)

    @strawberry.field(description="What the key itself begins with.")
    def prefix(self) -> str:
        return self.subject.prefix

    @strawberry.field
    def created_at(self) -> datetime:
        return self.subject.created_at

    @strawberry.field(description="Null: not before it is revoked.")
    def expires_at(self) -> datetime | None:
        return self.subject.expires_at

    @strawberry.field
    def revoked_at(self) -> datetime | None:
        return self.subject.revoked_at

    @strawberry.field(description="To the hour.")
    def last_used_at(self) -> datetime | None:
        return self.subject.last_used_at


@own
@strawberry.type
class ApiKeyCreated:
    api_key: ApiKey
    key: str = strawberry.field(description="The key itself. It is kept nowhere: this is the only time it is shown.")


@own
@strawberry.type(
    description=f"At most {LIVE_OF_A_LABEL} keys of a label live at once, and {LIVE_OF_AN_ACCOUNT} of an account:"
    " revoke one of these first."
)
class TooManyApiKeys:
    text: str
    live: list[ApiKey]


CreateApiKeyResult = Annotated[ApiKeyCreated | TooManyApiKeys, strawberry.union("CreateApiKeyResult")]


@own
@strawberry.type
class AccountViewer:
    principal: strawberry.Private[Principal]

    @strawberry.field
    def roles(self) -> list[Role]:
        return sorted(self.principal.roles)

    @strawberry.field(description="The newest first, the revoked ones too.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        try:
            return [ApiKey(subject=key) for key in await info.context.api_keys.list(self.principal.subject)]
        except AccountsUnavailable:
            raise _unavailable() from None


@strawberry.type
class AccountMutation:
    @strawberry.field(
        description="A new API key of one's own account. A key makes no keys: this takes a token.",
        extensions=[For(Role.OWNER, Role.PARTNER, Role.OPERATOR)],
    )
    async def create_api_key(
        self,
        info: Info,
        label: Annotated[str, strawberry.argument(description="What it is for; to replace a key, give its label.")],
        roles: Annotated[list[Role], strawberry.argument(description="Of those that one has.")],
        expires_at: datetime | None = None,
    ) -> CreateApiKeyResult:
        principal = info.context.principal
        if principal.by_key:
            raise CodedError(ErrorCode.FORBIDDEN, "A key makes no keys: sign in with a token.")
        try:
            made = await info.context.api_keys.create(
                principal.subject, _roles(roles, principal), label.strip(), expires_at
            )
        except ValueError as refusal:
            name, _, words = str(refusal).partition(" ")
            raise BadUserInputError(f"{to_camel_case(name)}: {words}") from None
        except AccountsUnavailable:
            raise _unavailable() from None
        if isinstance(made, Created):
            return ApiKeyCreated(api_key=ApiKey(subject=made.key), key=made.text)
        text = "There are as many live keys as may be; revoke one of them first."
        return TooManyApiKeys(text=text, live=[ApiKey(subject=key) for key in made.live])

    @strawberry.field(
        description="It opens nothing any more, within 5 seconds anywhere. Null where one has no such key.",
        extensions=[For(Role.OWNER, Role.PARTNER, Role.OPERATOR)],
    )
    async def revoke_api_key(self, info: Info, id: strawberry.ID) -> ApiKey | None:  # noqa: A002
        key_id: UUID = ids.api_key_id(id)
        try:
            revoked = await info.context.api_keys.revoke(key_id, info.context.principal.subject)
        except AccountsUnavailable:
            raise _unavailable() from None
        return ApiKey(subject=revoked) if revoked else None


def _roles(given: list[Role], principal: Principal) -> frozenset[Role]:
    roles = frozenset(given)
    if not roles <= principal.roles:
        raise BadUserInputError("roles: must be of those that the account has")
    return roles


def _unavailable() -> CodedError:
    return CodedError(ErrorCode.UNAVAILABLE, "Keys cannot be read or changed right now. Try again in a moment.")
