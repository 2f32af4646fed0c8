"""A stand-in for the network: a real server on loopback that follows the documentation strictly, and keeps bookings."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

LOGIN = {"_username": "integrator", "_password": "s3cret"}
HASH = "hash-of-the-integrator"
WALL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
EURO = {"currency": "euro", "code": "EUR", "minor_unit": 2, "symbol": "€"}

SEARCH = {"locale", "group", "limit", "page", "from", "to", "latitude", "longitude", "radius", "vehicleType"}
BEST_PASS = {"locale", "group", "parking", "vehicleType", "from", "to"}
BOOKING = {"email", "token", "product", "firstName", "lastName", "from", "to", "group", "phone", "prefix"}
VEHICLE = {"brand", "model", "licence_plate", "color_vehicle"}
LIST = {"group", "email", "voucher_code", "status", "firstName", "lastName", "from", "to", "page", "limit"}


class CarPark:
    """`row` as a search has it. `price` None: nothing is sold."""

    def __init__(self, row: dict[str, Any], price: float | None = 12.3, fee: float = 1.79) -> None:
        self.row = row
        self.price = price
        self.fee = fee
        self.product = 49166
        self.requested: list[str] = []
        self.time_zone: str | None = "Europe/Madrid"
        self.cancellation_type = 2

    @property
    def details(self) -> dict[str, Any]:
        fields = [{"id": n, "name": name, "required": True} for n, name in enumerate(self.requested)]
        embedded = {"city": {"id": 37, "time_zone": self.time_zone}, "fieldsRequested": fields}
        return self.row | {"cancellation_type": self.cancellation_type, "_embedded": embedded}

    @property
    def best_pass(self) -> dict[str, Any]:
        return {
            "id": self.product,
            "category": "ONEPASS",
            "parking": {"id": self.row["id"]},
            "administration_fee": self.fee,
            "paypal_fee": 1.21,
            "price": self.price,
            "token": f"checkout-{self.product}-{self.price}",
            "extra_info": EURO,
        }


class Parclick:
    """Takes the token of its last login."""

    def __init__(self) -> None:
        self.base_url = ""
        self.car_parks: dict[str, CarPark] = {}
        self.page_size: int | None = None
        """Of a search; None: it has no pages, and answers everything."""
        self.bookings: list[dict[str, Any]] = []
        self.logins = 0
        self.token = "of no login"
        self.failures: dict[str, list[int | None]] = {}
        """What happens first, by path: a status; None, nothing; 0, the connection breaks after the work is done."""
        self.answers: dict[str, object] = {}
        """Documents that are answered whatever is asked, by path."""
        self.login_answer: dict[str, object] = {}
        """Instead of a token."""
        self.login_status: int | None = None
        """Instead of an answer."""
        self.total: int | None = None
        """Of a search: more than there are in the answer."""
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.surcharge = 0.0
        """What a booking costs more than its best pass said."""
        self.cancels: int | str = "success"
        """What cancelling answers: this message, or this status."""
        self.open = asyncio.Event()
        """A login waits for it."""
        self.open.set()

    def add(self, row: dict[str, Any], **particulars: Any) -> CarPark:
        car_park = self.car_parks[str(row["id"])] = CarPark(row, **particulars)
        return car_park

    def of(self, path: str) -> list[Mapping[str, str]]:
        """What was asked of this path."""
        return [sent for asked, sent in self.asked if asked == path]

    async def login(self, request: web.Request) -> web.Response:
        self.logins += 1
        await self.open.wait()
        if self.login_status:
            return _error(self.login_status, "ordered")
        if dict(await request.post()) != LOGIN or request.headers.get("X-thirdparty-auth") != HASH:
            return _error(401, "Bad credentials")
        self.token = f"jwt-{self.logins}"
        return web.json_response(self.login_answer or {"token": self.token, "refresh_token": "unused", "id": 600116})

    async def search(self, sent: Mapping[str, str]) -> web.Response:
        if not _is_asked_well(sent, SEARCH, group="search") or not sent["radius"].isdecimal():
            return _error(400, "Validation Failed")
        rows = [car_park.row for car_park in self.car_parks.values()]
        if self.page_size is None:
            return web.json_response({"items": rows, "total": self.total or len(rows), "params": dict(sent)})
        return _page(rows, int(sent["page"]), self.page_size)

    async def best_pass(self, sent: Mapping[str, str]) -> web.Response:
        car_park = self.car_parks.get(sent.get("parking", ""))
        if not _is_asked_well(sent, BEST_PASS, group="bestpass") or car_park is None or car_park.price is None:
            return _error(400, "Validation Failed")
        return web.json_response([car_park.best_pass])

    async def details(self, sent: Mapping[str, str], local_id: str) -> web.Response:
        car_park = self.car_parks.get(local_id)
        return web.json_response(car_park.details) if car_park else _error(404, "Not Found")

    async def book(self, sent: Mapping[str, str]) -> web.Response:
        car_park = next((park for park in self.car_parks.values() if str(park.product) == sent.get("product")), None)
        if car_park is None or car_park.price is None or sent.get("token") != car_park.best_pass["token"]:
            return _error(400, "Validation Failed")
        allowed = BOOKING | VEHICLE | set(car_park.requested)
        if not BOOKING | set(car_park.requested) <= sent.keys() <= allowed or not _is_timed(sent):
            return _error(400, "This form should not contain extra fields.")
        number = 1055164 + len(self.bookings)
        total = round(car_park.price + car_park.fee + self.surcharge, 2)
        booking = {
            "id": number,
            "createdAt": "2026-11-20T07:53:17+0000",
            "booking_code": f"L8K2WY{len(self.bookings)}",
            "first_name": sent["firstName"],
            "last_name": sent["lastName"],
            "username": sent["email"],
            "voucher_id": number - 119675,
            "state": "CONFIRMED",
            "total": total,
        }
        self.bookings.append(booking)
        return web.json_response(
            {
                "booking_id": number,
                "voucher_id": booking["voucher_id"],
                "voucher_code": booking["booking_code"],
                "total_price": total,
                "currency": EURO,
            }
        )

    async def cancel(self, sent: Mapping[str, str], number: str) -> web.Response:
        booking = next((booking for booking in self.bookings if str(booking["id"]) == number), None)
        if booking is None:
            return _error(404, "Not Found")
        if booking["state"] == "CANCELED":
            return _error(400, "Booking has already been canceled")
        if isinstance(self.cancels, int):
            return _error(self.cancels, "Booking can not be canceled")
        booking["state"] = "CANCELED"
        return web.json_response({"code": 200, "message": self.cancels})

    async def list_bookings(self, sent: Mapping[str, str]) -> web.Response:
        if not {"group"} <= sent.keys() <= LIST or sent["group"] != "list":
            return _error(400, "Validation Failed")
        names = {"lastName": "last_name", "voucher_code": "booking_code"}
        found = [
            booking
            for booking in self.bookings
            if all(sent[name] in booking[key] for name, key in names.items() if name in sent)
        ]
        return _page(found, int(sent["page"]), int(sent["limit"]))

    async def voucher(self, sent: Mapping[str, str], number: str) -> web.Response:
        booking = next((booking for booking in self.bookings if str(booking["voucher_id"]) == number), None)
        if booking is None:
            return _error(404, "Not Found")
        text = ["<p>TO ENTER: take a ticket.</p>\r", "TO LEAVE: show your\tvoucher.\r"]
        data = {"booking": {"total": booking["total"]}, "voucher": {"voucher_description": text}, "currency": "EUR"}
        return web.json_response({"data": data, "locale": "en_GB"})

    async def handle(self, request: web.Request) -> web.Response:
        """Everything but the login: the token first, then a failure that was ordered, then the work."""
        sent = {name: str(value) for name, value in (await request.post()).items()} or dict(request.query)
        self.asked.append((request.path, sent))
        ordered = self.failures.get(request.path, [])
        status = ordered.pop(0) if ordered else None
        if status:
            return _error(status, "ordered")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "Expired JWT Token")
        if request.headers.get("X-thirdparty-auth") != HASH:
            return _error(403, "Forbidden")
        if request.path in self.answers:
            return web.json_response(self.answers[request.path])
        answer = await self._work(request.method, request.path, sent)
        if status == 0 and request.transport:
            request.transport.abort()
        return answer

    async def _work(self, method: str, path: str, sent: Mapping[str, str]) -> web.Response:
        match method, *path.removeprefix("/v1/").split("/"):
            case "GET", "parking", "list":
                return await self.search(sent)
            case "GET", "parking", local_id, "details":
                return await self.details(sent, local_id)
            case "GET", "pass", "details":
                return await self.best_pass(sent)
            case "POST", "booking", "new":
                return await self.book(sent)
            case "POST", "booking", number, "cancelex":
                return await self.cancel(sent, number)
            case "GET", "booking", "list":
                return await self.list_bookings(sent)
            case "GET", "voucher", number, "details":
                return await self.voucher(sent, number)
        return _error(404, "Not Found")


def _is_timed(sent: Mapping[str, str]) -> bool:
    return bool(WALL.fullmatch(sent["from"]) and WALL.fullmatch(sent["to"])) and sent["from"] < sent["to"]


def _is_asked_well(sent: Mapping[str, str], names: set[str], group: str) -> bool:
    return sent.keys() == names and sent["group"] == group and sent["vehicleType"] in "1234567" and _is_timed(sent)


def _page(rows: list[dict[str, Any]], number: int, size: int) -> web.Response:
    """Page and limit are texts, as they were sent."""
    pages = -(-len(rows) // size)
    part = rows[(number - 1) * size : number * size]
    return web.json_response(
        {"page": str(number), "limit": str(size), "pages": pages, "items": part, "total": len(rows)}
    )


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"code": status, "message": message}, status=status)


@asynccontextmanager
async def serving() -> AsyncIterator[Parclick]:
    network = Parclick()
    app = web.Application()
    app.router.add_post("/v1/login", network.login)
    app.router.add_route("*", "/{path:.*}", network.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        network.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield network
    finally:
        await runner.cleanup()
