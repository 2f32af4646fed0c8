import pytest

from parkgraph.db.engine import Database
from parkgraph.yards.money.billing import Billing
from parkgraph.yards.money.payment import Invoices
from tests.yards.money.till import TAX, Till, open_till


@pytest.fixture
async def till(database: Database) -> Till:
    """A yard whose drivers get invoices: 85 % of a price is its owner's, and the rest includes 19 % of tax."""
    return await open_till(database, Billing(Invoices(), TAX))
