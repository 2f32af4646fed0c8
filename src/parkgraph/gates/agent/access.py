"""Who may push: a camera by its password, its token, or its address. Pure."""

import base64
import hmac
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from parkgraph.gates.agent.settings import CameraSettings


def may_push(camera: CameraSettings, headers: Mapping[str, str], token: str | None, address: str | None) -> bool:
    """All that is configured has to hold: addresses, and one of password and token."""
    if camera.allow and not _is_allowed(camera, address):
        return False
    if not (camera.password or camera.token):
        return bool(camera.allow)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if camera.token is not None:
        bearer = given if scheme.lower() == "bearer" else token
        if bearer is not None and _same(bearer, camera.token.get_secret_value()):
            return True
    if camera.password is not None and scheme.lower() == "basic":
        return _same(_decoded(given), f"{camera.username}:{camera.password.get_secret_value()}")
    return False


def _is_allowed(camera: CameraSettings, address: str | None) -> bool:
    try:
        peer = ip_address(address or "")
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in ip_network(each) for each in camera.allow)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
