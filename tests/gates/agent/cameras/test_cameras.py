"""What each device's messages say."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkgraph.gates.agent.cameras import READERS, frigate
from parkgraph.gates.agent.cameras.payload import Message
from parkgraph.gates.agent.look import Candidate, Direction, Heading, Look, Unreadable
from tests.gates.agent.cameras.samples import alpr_group, isapi, junction, lpv, multipart, smart_track, stream

RECORDED = Path(__file__).resolve().parents[5] / "shared" / "plates"
NINE = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
"""Nine o'clock in Stuttgart."""

needs_recorded = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded events lie beside the project")


def looks(device: str, sent: object, content_type: str = "", zone: str = "UTC") -> tuple[Look, ...]:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return READERS[device](Message(body, content_type, ZoneInfo(zone)))


def look(device: str, sent: object, content_type: str = "", zone: str = "UTC") -> Look:
    (one,) = looks(device, sent, content_type, zone)
    return one


@needs_recorded
def test_the_recorded_hikvision_event() -> None:
    read = look("hikvision", (RECORDED / "hikvision-isapi-anpr.xml").read_bytes())
    assert (read.plate, read.confidence, read.heading) == ("ZECT600", 0.97, Heading.AWAY)
    assert read.captured_at == datetime(2024, 1, 19, 11, 17, 19, tzinfo=timezone(timedelta(hours=8)))
    assert read.source_event_id == "2024011911172144900FlERIduqg06eKsYuvLX072NugIxaHw22mHG5D5KBmWqX"


@needs_recorded
def test_the_recorded_axis_event() -> None:
    read = look("axis", (RECORDED / "axis-lpv-lost.json").read_bytes())
    assert (read.plate, read.heading, read.track, read.retold) == ("ZLE11684", Heading.TOWARDS, "1144696", True)
    assert read.captured_at == datetime(2021, 6, 11, 10, 5, 38, 252000, tzinfo=UTC)


@pytest.mark.parametrize(
    "namespace", ["http://www.hikvision.com/ver20/XMLSchema", "http://www.isapi.org/ver20/XMLSchema"]
)
def test_hikvision_in_both_namespaces(namespace: str) -> None:
    read = look("hikvision", isapi(namespace=namespace))
    assert read == Look(
        plate="SPG123",
        confidence=0.97,
        captured_at=NINE,
        source_event_id="3f0c",
        heading=Heading.TOWARDS,
        jurisdiction="DE",
    )


def test_hikvision_beside_its_pictures() -> None:
    picture = b"\xff\xd8" + b"--boundar\r\n" * 70_000
    sent = multipart(("image/jpeg", picture), ("application/xml", isapi()), ("image/jpeg", picture))
    assert look("hikvision", *sent).plate == "SPG123"


def test_hikvision_without_a_uuid_is_known_by_its_picture() -> None:
    assert look("hikvision", isapi(uuid=None, picture="p-77")).source_event_id == "p-77"


def test_hikvision_s_other_reading_is_a_candidate() -> None:
    assert look("hikvision", isapi("SPG123", original="SPG128")).candidates == (Candidate("SPG128"),)


def test_hikvision_s_heartbeat_is_no_look() -> None:
    assert looks("hikvision", isapi(kind="videoloss")) == ()


def test_what_hikvision_kept_and_sends_late_is_retold() -> None:
    assert look("hikvision", isapi(again="true")).retold


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<EventNotificationAlert>",
        b"<other/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><EventNotificationAlert>&a;</EventNotificationAlert>',
        b"{}",
    ],
)
def test_what_is_no_event_of_hikvision_is_unreadable(sent: bytes) -> None:
    with pytest.raises(Unreadable):
        looks("hikvision", sent)


def test_axis_tells_no_direction_at_first() -> None:
    new, update = look("axis", lpv("new")), look("axis", lpv("update"))
    assert (new.heading, update.heading) == (None, Heading.TOWARDS)
    assert (new.track, new.fused, new.retold, new.confidence, new.jurisdiction) == ("77", True, False, 0.719, "PL")


def test_axis_without_a_timestamp_tells_local_time() -> None:
    sent = lpv("new", capture_timestamp="", datetime="2026-11-28T09:00:00")
    assert look("axis", sent, zone="Europe/Berlin").captured_at == NINE


def test_platerecognizer_reads_each_result_of_a_frame() -> None:
    first, second = looks("platerecognizer", stream("spg123", "kaab1", direction=225))
    assert (first.plate, first.confidence, first.degrees, first.jurisdiction) == ("spg123", 0.839, 225, "DE")
    assert first.captured_at == NINE + timedelta(microseconds=606935)
    assert Candidate("spg128", 0.6) in first.candidates
    assert first.source_event_id != second.source_event_id


def test_platerecognizer_in_a_form_with_its_picture() -> None:
    body, kind = multipart(("application/json", json.dumps(stream("spg123")).encode()), ("image/jpeg", b"\xff\xd8"))
    read = look("platerecognizer", body, kind)
    assert (read.plate, read.degrees) == ("spg123", None)


def test_platerecognizer_s_other_hooks_are_no_looks() -> None:
    assert looks("platerecognizer", {"hook": {"event": "heartbeat"}, "data": {}}) == ()


def test_openalpr_s_group_is_one_look() -> None:
    read = look("openalpr", alpr_group())
    assert (read.plate, read.confidence, read.degrees) == ("SPG123", 0.9207, 181.5)
    assert (read.captured_at, read.source_event_id) == (
        NINE + timedelta(milliseconds=789),
        "site-cam14-1795852800900",
    )


def test_an_agent_of_old_tells_seconds_and_nests_its_plate() -> None:
    old = alpr_group(epoch_start=1795852800, best_plate={"plate": "SPG123", "confidence": 91})
    del old["best_plate_number"], old["best_confidence"], old["best_uuid"]
    read = look("openalpr", old)
    assert (read.plate, read.confidence, read.captured_at) == ("SPG123", 0.91, NINE)
    assert read.source_event_id == "site-cam14-1795852800789"


def test_openalpr_s_heartbeat_is_no_look() -> None:
    assert looks("openalpr", {"data_type": "heartbeat"}) == ()


def test_dahua_s_real_utc_is_true() -> None:
    read = look("dahua", junction())
    assert (read.plate, read.confidence, read.heading) == ("SPG123", 0.8, Heading.TOWARDS)
    assert (read.captured_at, read.track) == (NINE + timedelta(milliseconds=305), "175706653")


def test_dahua_s_utc_is_the_wall_s_time() -> None:
    sent = junction()
    del sent["Data"]["RealUTC"]
    read = look("dahua", sent, zone="Europe/Berlin")
    assert read.captured_at == NINE + timedelta(milliseconds=305)


@pytest.mark.parametrize("unread", ["--", "unlicensed", "Unlicensed", ""])
def test_what_dahua_could_not_read(unread: str) -> None:
    read = look("dahua", junction(TrafficCar={"PlateNumber": unread}, Object={"Text": unread, "Confidence": 0}))
    assert read.plate is None


def test_dahua_s_events_in_all_their_wrappings() -> None:
    event = junction()
    line = b"Code=TrafficJunction;action=Pulse;index=0;data=" + json.dumps(event["Data"], indent=1).encode()
    body, kind = multipart(("text/plain", line), ("image/jpeg", b"\xff\xd8"))
    wrapped: list[tuple[Any, str]] = [
        (event["Data"], ""),
        ({"Events": [event]}, ""),
        ({"method": "client.notifyEventStream", "params": {"eventList": [event]}}, ""),
        (line, "text/plain"),
        (body, kind),
    ]
    assert {look("dahua", *each) for each in wrapped} == {look("dahua", event)}


def test_the_three_events_of_a_car_are_one_track_of_dahua() -> None:
    three = [look("dahua", junction(IndexInGroup=index, EventID=500 + index)) for index in (1, 2, 3)]
    assert len({each.track for each in three}) == 1
    assert len({each.source_event_id for each in three}) == 3


def test_unifi_s_samples_are_one_track() -> None:
    samples = smart_track()
    together = looks("unifi", samples)
    assert len(together) == 106
    assert {each.track for each in together} == {"trk-9"}
    assert together[0] == Look("SPG123", 0.6, NINE, track="trk-9")
    assert looks("unifi", samples[0]) == together[:1]
    assert {each.track for each in looks("unifi", {"event": "e-1", "payload": samples})} == {"e-1:trk-9"}


def test_unifi_s_alarm() -> None:
    trigger = {"device": "937A6EA0A219", "key": "license_plate_unknown", "value": "SPG123", "eventId": "682ce2a7"}
    alarm = {"alarm": {"name": "gate", "triggers": [{**trigger, "timestamp": 1795852800000}]}, "timestamp": 1}
    read = look("unifi", alarm)
    assert (read.plate, read.captured_at, read.track) == ("SPG123", NINE, "682ce2a7")


def test_frigate_s_plates() -> None:
    update = {"type": "lpr", "id": "1764.1-x", "camera": "gate", "plate": "SPG123", "score": 0.9, "name": None}
    read = look("frigate", {**update, "timestamp": 1795852800.25})
    assert (read.plate, read.confidence, read.track, read.fused) == ("SPG123", 0.9, "1764.1-x", True)
    assert read.captured_at == NINE + timedelta(milliseconds=250)
    assert frigate.camera_of(Message(json.dumps(update).encode())) == "gate"
    assert looks("frigate", {"type": "description", "id": "1", "description": "a car"}) == ()


def test_the_plain_form() -> None:
    read = look(
        "plain",
        {
            "plate": "S PG 123",
            "id": "e-1",
            "track": "t-1",
            "confidence": 0.5,
            "capturedAt": "2026-11-28T09:00:00+01:00",
            "direction": "EXIT",
            "jurisdiction": "DE",
            "candidates": ["SPG128"],
        },
    )
    assert read == Look(
        plate="S PG 123",
        confidence=0.5,
        captured_at=NINE,
        source_event_id="e-1",
        track="t-1",
        direction=Direction.EXIT,
        candidates=(Candidate("SPG128"),),
        jurisdiction="DE",
    )


@pytest.mark.parametrize("form", [{}, {"plate": "A", "capturedAt": "nine"}, {"plate": "A", "direction": "in"}, [], "A"])
def test_a_plain_form_that_is_wrong(form: object) -> None:
    with pytest.raises(Unreadable):
        looks("plain", form)


@pytest.mark.parametrize("junk", ["--", "unlicensed", "", " ", "x" * 10_000, "\u202eABC123", "🚗", "A\x00B", "...", 7])
def test_junk_is_unread(junk: object) -> None:
    assert look("plain", {"plate": junk}).plate is None


@pytest.mark.parametrize("device", READERS)
@settings(max_examples=30)
@given(body=st.binary(max_size=300), kind=st.sampled_from(["", "application/json", "multipart/form-data; boundary=x"]))
def test_no_body_brings_a_reader_down(device: str, body: bytes, kind: str) -> None:
    with suppress(Unreadable):
        READERS[device](Message(body, kind))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
WHOLE: dict[str, Any] = {
    "axis": lpv("update"),
    "platerecognizer": stream("spg123"),
    "openalpr": alpr_group(),
    "dahua": junction(),
    "unifi": {"event": "e", "payload": smart_track(2)},
    "frigate": {"type": "lpr", "id": "1", "plate": "SPG123", "score": 0.9, "timestamp": 1795852800},
    "plain": {"plate": "SPG123", "id": "1", "capturedAt": "2026-11-28T09:00:00+01:00", "candidates": ["A1"]},
}


def paths(of: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    return [here, *(path for key, value in inner for path in paths(value, (*here, key)))]


@pytest.mark.parametrize("device", WHOLE)
@settings(max_examples=40)
@given(data=st.data())
def test_no_damage_to_a_message_brings_a_reader_down(device: str, data: st.DataObject) -> None:
    damaged = json.loads(json.dumps(WHOLE[device]))
    path = data.draw(st.sampled_from(paths(damaged)[1:]))
    within = damaged
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = data.draw(JSON)
    with suppress(Unreadable):
        looks(device, json.dumps(damaged).encode())
