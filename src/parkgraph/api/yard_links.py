"""Owners revoke the links that they gave away."""

from typing import Annotated

import strawberry

from parkgraph.api import ids
from parkgraph.api.context import Info
from parkgraph.api.owners import OWNERS, available, editor
from parkgraph.api.yard_editing import YardNotFound
from parkgraph.api.yards import Yard

RevokeYardLinksResult = Annotated[Yard | YardNotFound, strawberry.union("RevokeYardLinksResult")]


@strawberry.type
class YardLinksMutation:
    @strawberry.field(
        description="No link to the yard's exports that was given before is valid any more.", extensions=[OWNERS]
    )
    async def revoke_yard_links(self, info: Info, yard_id: strawberry.ID) -> RevokeYardLinksResult:
        wanted = ids.yard_id(yard_id, "yardId")
        with available():
            found = await info.context.yards.find(wanted, editor(info))
            if found is None or not editor(info).may_edit(found):
                return YardNotFound(text="You have no such yard.")
            await info.context.library.revoke(wanted)
        return Yard.of(found)
