"""Messages as devices send them, made up after their documentation."""

from typing import Any

ISAPI = """<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="{namespace}">
<ipAddress>10.0.0.17</ipAddress><channelID>1</channelID>
<dateTime>{at}</dateTime><activePostCount>1</activePostCount>
<eventType>{kind}</eventType><eventState>active</eventState>
<ANPR><country>3</country><licensePlate>{plate}</licensePlate><line>1</line><direction>{direction}</direction>
<confidenceLevel>{confidence}</confidenceLevel>
<pictureInfoList><pictureInfo><fileName>licensePlatePicture.jpg</fileName><pId>{picture}</pId></pictureInfo>
</pictureInfoList><originalLicensePlate>{original}</originalLicensePlate></ANPR>
{uuid}<isDataRetransmission>{again}</isDataRetransmission><countryAbbreviation>DEU</countryAbbreviation>
</EventNotificationAlert>"""


def isapi(
    plate: str = "SPG123",
    *,
    at: str = "2026-11-28T09:00:00+01:00",
    uuid: str | None = "3f0c",
    original: str | None = None,
    **more: str,
) -> bytes:
    fields = {
        "namespace": "http://www.hikvision.com/ver20/XMLSchema",
        "kind": "ANPR",
        "direction": "forward",
        "confidence": "97",
        "picture": "p-1",
        "again": "false",
        **more,
    }
    written = f"<UUID>{uuid}</UUID>" if uuid else ""
    return ISAPI.format(plate=plate, at=at, uuid=written, original=original or plate, **fields).encode()


def multipart(*parts: tuple[str, bytes], boundary: str = "boundary") -> tuple[bytes, str]:
    """The body, and its content type."""
    lines = b"".join(
        b"--%s\r\nContent-Disposition: form-data; name=%d\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n"
        % (boundary.encode(), number, kind.encode(), len(body), body)
        for number, (kind, body) in enumerate(parts)
    )
    return lines + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def lpv(state: str, plate: str = "ZLE11684", car: str = "77", **more: str) -> dict[str, Any]:
    """Axis License Plate Verifier."""
    return {
        "packetCounter": "12",
        "capture_timestamp": "1795852800252",
        "datetime": "20261128 090000252",
        "plateText": plate,
        "plateUTF8": plate,
        "plateCountry": "POL",
        "plateConfidence": "0.719",
        "carState": state,
        "carID": car,
        "carMoveDirection": "unknown" if state == "new" else "in",
        **more,
    }


def stream(*plates: str, direction: Any = "", **more: Any) -> dict[str, Any]:
    """Plate Recognizer Stream."""
    return {
        "hook": {"target": "http://10.0.0.9/cameras/front", "id": "cam-1", "event": "recognition"},
        "data": {
            "camera_id": "cam-1",
            "filename": "cam-1_screenshots/26-11-28/08-00-00.606935.jpg",
            "timestamp": "2026-11-28T08:00:00.606935Z",
            "timestamp_local": "2026-11-28 09:00:00.606935+01:00",
            "results": [
                {
                    "plate": plate,
                    "score": 0.839,
                    "region": {"code": "de", "score": 0.4},
                    "candidates": [{"plate": plate, "score": 0.839}, {"plate": "spg128", "score": 0.6}],
                    "direction": direction,
                }
                for plate in plates
            ],
            **more,
        },
    }


def alpr_group(**more: Any) -> dict[str, Any]:
    """OpenALPR and Rekor."""
    return {
        "data_type": "alpr_group",
        "version": 2,
        "epoch_start": 1795852800789,
        "epoch_end": 1795852801046,
        "camera_id": 14,
        "best_uuid": "site-cam14-1795852800900",
        "uuids": ["site-cam14-1795852800789", "site-cam14-1795852800900"],
        "best_plate_number": "SPG123",
        "best_confidence": 92.07,
        "best_region": "eu-de",
        "candidates": [{"plate": "SPG123", "confidence": 92.07}, {"plate": "SPG128", "confidence": 80.5}],
        "travel_direction": 181.5,
        **more,
    }


def junction(**more: Any) -> dict[str, Any]:
    """Dahua ITC."""
    return {
        "Code": "TrafficJunction",
        "Action": "Pulse",
        "Data": {
            "EventID": 516,
            "GroupID": 175706653,
            "IndexInGroup": 1,
            "CountInGroup": 3,
            "JunctionDirection": "Obverse",
            "RealUTC": 1795852800,
            "UTC": 1795856400,
            "UTCMS": 305,
            "TrafficCar": {"PlateNumber": "SPG123", "UTC": 1795856400},
            "Object": {"Text": "SPG123", "Confidence": 204},
            **more,
        },
    }


def smart_track(count: int = 106, plate: str = "SPG123", car: str = "trk-9") -> list[dict[str, Any]]:
    """UniFi Protect: so many samples of one car, a tenth of a second apart."""
    return [
        {"id": car, "licensePlate": plate, "confidence": 60 + index % 40, "timestamp": 1795852800000 + index * 101}
        for index in range(count)
    ]
