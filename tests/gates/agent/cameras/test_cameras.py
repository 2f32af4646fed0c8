"""What each device's messages say."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
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


PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\r\n\r\n--not a boundary\r\n\xff\xd9"


def form(delimiter: bytes, *parts: bytes, line: bytes = b"\r\n", end: bytes = b"--") -> bytes:
    """A multipart body as a firmware writes it: each part with its headers, if it has any."""
    return b"".join(delimiter + line + part + line for part in parts) + delimiter + end


XML = b'Content-Disposition: form-data; name="anpr.xml"\r\nContent-Type: text/xml\r\n\r\n' + isapi()
JPEG = b'Content-Disposition: form-data; name="a.jpg"; filename="a.jpg"\r\n\r\n' + PICTURE
EMPTY = b"Content-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (form(b"--7e13971310878", XML, JPEG), "multipart/form-data; boundary=7e13971310878"),
        (form(b"--a b:c", XML, JPEG), 'multipart/mixed; charset=utf-8; boundary="a b:c"'),
        (form(b"--boundary", XML, JPEG), "multipart/form-data; boundary=--boundary"),
        (form(b"--boundary", XML, JPEG), "multipart/form-data; boundary=another"),
        (form(b"--boundary", XML, JPEG), "multipart/form-data"),
        (form(b"--boundary", XML, JPEG), ""),
        (b"a preamble\r\n" + form(b"--b", XML, JPEG), "multipart/form-data; boundary=b"),
        (form(b"--b", XML.replace(b"\r\n", b"\n"), line=b"\n"), "multipart/form-data; boundary=b"),
        (form(b"--b", XML, end=b""), "multipart/form-data; boundary=b"),
        (form(b"--b", XML)[:-5].rstrip(), "multipart/form-data; boundary=b"),
        (form(b"--b", b"\r\n" + isapi()), "multipart/form-data; boundary=b"),
        (form(b"--b", isapi()), "multipart/form-data; boundary=b"),
        (form(b"--b", b"\r\n" + isapi().replace(b"\n", b"\r\n\r\n")), "multipart/form-data; boundary=b"),
        (form(b"--b", JPEG, EMPTY, b"\r\n", XML), "multipart/form-data; boundary=b"),
        (form(b"--b", XML, b"Content-Type: text/xml\r\n\r\n<half"), "multipart/form-data; boundary=b"),
        (isapi(), "multipart/form-data; boundary=b"),
    ],
)
def test_hikvision_in_whatever_form(body: bytes, content_type: str) -> None:
    assert look("hikvision", body, content_type) == look("hikvision", isapi())


def test_each_event_of_a_message_of_hikvision_is_a_look() -> None:
    other = b"Content-Type: application/xml\r\n\r\n" + isapi("KAAB1", uuid="77")
    silent = b"Content-Type: application/xml\r\n\r\n" + isapi(kind="videoloss")
    both = looks("hikvision", form(b"--b", silent, XML, JPEG, other), "multipart/mixed; boundary=b")
    assert [each.plate for each in both] == ["SPG123", "KAAB1"]


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbf" + isapi(),
        isapi().decode().encode("utf-16"),
        b"\r\n " + isapi() + b"\r\n\0\0",
        isapi().replace(b"<channelID>", b"<channelName>Einfahrt S\xc3</channelName><channelID>"),
        isapi().replace(b"<channelID>", b"<channelName>\x01\x02</channelName><channelID>"),
        isapi().replace(b"UTF-8", b"GB2312").replace(b"<channelID>", b"<n>\xb3\xb5</n><channelID>"),
        isapi().replace(b"UTF-8", b"martian"),
        isapi().replace(b' xmlns="http://www.hikvision.com/ver20/XMLSchema"', b""),
        isapi().replace(b'xmlns="', b'xmlns:i="').replace(b"<Event", b"<i:Event").replace(b"</Event", b"</i:Event"),
        isapi(at="2026-11-28T08:00:00Z"),
        isapi(at="2026-11-28T08:00:00.000+00:00"),
        isapi(at="2026-11-28T09:00:00"),
    ],
)
def test_hikvision_in_whatever_writing(written: bytes) -> None:
    assert look("hikvision", written, zone="Europe/Berlin") == look("hikvision", isapi())


def test_hikvision_in_json() -> None:
    anpr = {"licensePlate": "SPG123", "confidenceLevel": 97, "direction": "forward"}
    alert = {"eventType": "ANPR", "dateTime": "2026-11-28T09:00:00+01:00", "ANPR": anpr, "UUID": "3f0c"}
    expected = Look("SPG123", 0.97, NINE, "3f0c", heading=Heading.TOWARDS)
    assert look("hikvision", alert) == look("hikvision", {"EventNotificationAlert": alert}) == expected
    assert looks("hikvision", {"eventType": "heartBeat", "eventState": "inactive"}) == ()


def test_hikvision_s_history_is_retold() -> None:
    kept = isapi().replace(b"<line>", b"<alarmDataType>1</alarmDataType><line>")
    assert look("hikvision", kept).retold


@pytest.mark.parametrize("kind", ["videoloss", "heartBeat", "VMD", "linedetection", "IO", "duration", "diskfull"])
def test_what_else_hikvision_tells_is_no_look(kind: str) -> None:
    assert looks("hikvision", isapi(kind=kind)) == ()
    assert looks("hikvision", form(b"--b", XML.replace(b">ANPR<", b">%s<" % kind.encode())), "multipart/mixed") == ()


@pytest.mark.parametrize("device", ["axis", "platerecognizer", "openalpr"])
def test_json_in_whatever_form(device: str) -> None:
    sent = json.dumps(WHOLE[device]).encode()
    named = b'Content-Disposition: form-data; name="json"\r\n\r\n' + sent
    other = b'Content-Disposition: form-data; name="camera"\r\n\r\nfront'
    expected = looks(device, sent)
    assert len(expected) == 1
    assert looks(device, b"\xef\xbb\xbf" + sent) == expected
    assert looks(device, b"[" + sent + b"]", "application/json") == expected
    assert looks(device, form(b"--b", other, JPEG, named), "multipart/form-data; boundary=b") == expected
    assert looks(device, form(b"--b", named, EMPTY), "") == expected


@pytest.mark.parametrize("device", ["axis", "platerecognizer", "openalpr", "dahua", "unifi", "frigate", "plain"])
def test_what_is_wrong_with_a_text_spoils_that_text(device: str) -> None:
    expected = looks(device, WHOLE[device])
    (sent,) = [json.dumps(WHOLE[device])[:-1]]
    more = sent.encode() + b', "site": "Stra\xdfe\n", "speed": NaN}'
    assert looks(device, more) == expected


def test_axis_tells_its_instant_in_one_of_four_ways() -> None:
    for times in (
        {"capture_timestamp": "1795852800252"},
        {"capture_timestamp": "0", "capture_ts": "1795852800252000000"},
        {"frame_timestamp": "1795852800252000"},
        {"datetime": "20261128 090000252"},
    ):
        read = look("axis", lpv("new", **{"capture_timestamp": "", "datetime": "", **times}), zone="Europe/Berlin")
        assert read.captured_at == NINE + timedelta(milliseconds=252)


def test_axis_s_keepalive_is_no_look() -> None:
    assert looks("axis", {"timestamp": "1795852800", "MACAddress": "AC:CC:8E:00:00:01", "deviceID": "gate"}) == ()


def test_axis_s_cars_of_one_message() -> None:
    both = looks("axis", [lpv("new", "SPG123", "7"), lpv("update", "KAAB1", "8")])
    assert [(each.plate, each.track) for each in both] == [("SPG123", "7"), ("KAAB1", "8")]


def test_platerecognizer_that_looks_for_vehicles() -> None:
    plate = {
        "type": "Plate",
        "score": 0.9,
        "props": {"plate": [{"value": "spg123", "score": 0.99}, {"value": "spg128"}]},
    }
    sent = stream("x", direction=90)
    with_plate = {**sent["data"]["results"][0], "plate": plate, "candidates": []}
    sent["data"]["results"] = [with_plate, {"plate": None, "vehicle": {"type": "Van"}, "direction": 90}]
    read, unread = looks("platerecognizer", sent)
    assert (read.plate, read.confidence, read.candidates, read.degrees) == ("spg123", 0.99, (Candidate("spg128"),), 90)
    assert unread.plate is None


def test_platerecognizer_s_form_without_a_picture_and_its_other_events() -> None:
    sent = stream("spg123")
    folded = urlencode({"json": json.dumps(sent)}).encode()
    assert looks("platerecognizer", folded, "application/x-www-form-urlencoded") == looks("platerecognizer", sent)
    sent["hook"]["event"] = "image.done"
    assert look("platerecognizer", sent).plate == "spg123"
    assert looks("platerecognizer", stream()) == ()


@pytest.mark.parametrize(
    "sent",
    [
        b"Code=VideoLoss;action=Start;index=0",
        b'Code=VideoMotion;action=Start;index=0;data={"Id": [0], "RegionName": ["Region1"]}',
        b'Code=CrossLineDetection;action=Start;index=0;data={"Object": {"ObjectType": "Human"}}',
        b"",
        b"Heartbeat",
        b"--myboundary\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nHeartbeat\r\n\r\n",
        b'{"Active": "keepAlive", "DeviceID": "8M049B2PAJ"}',
        b'{"DeviceID": "8M049B2PAJ", "DeviceModel": "ITC413", "Manufacturer": "x"}',
        b'[{"Code": "NTPAdjustTime", "Data": {"Address": "10.0.0.1"}}, {"Code": "AlarmLocal", "Action": "Start"}]',
    ],
)
def test_what_else_dahua_tells_is_no_look(sent: bytes) -> None:
    assert looks("dahua", sent, "multipart/x-mixed-replace; boundary=myboundary") == ()


def test_dahua_s_lines_one_after_the_other() -> None:
    line = b"Code=TrafficGate;action=Pulse;index=0;data="
    data = {**junction()["Data"], "TrafficCar": {"PlateNumber": "KAAB1"}}
    sent = b"Code=VideoBlind;action=Stop;index=0\r\n" + line + json.dumps(junction()["Data"]).encode() + b"\r\n\r\n"
    assert [each.plate for each in looks("dahua", sent + line + json.dumps(data).encode())] == ["SPG123", "KAAB1"]


def test_dahua_s_picture_of_a_toll_gate() -> None:
    picture = {
        "Plate": {"PlateNumber": "SPG123", "Confidence": 204, "IsExist": True, "PlateColor": "White"},
        "SnapInfo": {"DeviceID": "8M0", "AccurateTime": "2026-11-28 09:00:00.305", "Direction": "Reverse"},
        "NormalPic": {"PicName": "a.jpg", "Content": "/9j/4AAQ"},
    }
    read = look("dahua", {"Picture": picture}, zone="Europe/Berlin")
    assert read == Look(
        "SPG123", 0.8, NINE + timedelta(milliseconds=305), "8M0:2026-11-28 09:00:00.305", heading=Heading.AWAY
    )
    assert look("dahua", {"Picture": {**picture, "Plate": {"IsExist": False, "PlateNumber": ""}}}).plate is None


def test_unifi_s_alarm_in_its_other_writings() -> None:
    trigger = {"key": "license_plate_known", "value": "SPG123", "group": {"name": "Anna's van"}}
    other = {"key": "person", "value": "x", "timestamp": 1795852800000}
    for at in (1795852800000, "2026-11-28T08:00:00.000Z"):
        read = look("unifi", {"triggers": [other, {**trigger, "timestamp": at}]})
        assert (read.plate, read.captured_at, read.candidates) == ("SPG123", NINE, ())
    numbered = {**trigger, "group": {"name": "SPG128"}}
    assert look("unifi", {"triggers": [numbered]}).candidates == (Candidate("SPG128"),)
    assert looks("unifi", {"alarm": {"name": "ring", "triggers": [other]}}) == ()
