import pytest

from parkgraph.networks.addresses import wrong_address


def wrong(address: str, *, key: str = "url", allow_private: bool = False, replays: bool = False) -> str | None:
    found = wrong_address({"name": "City", key: address}, allow_private=allow_private, replays=replays)
    return found[1] if found else None


@pytest.mark.parametrize("address", ["https://example.org/a.json", "http://example.org:8080/", "https://1.1.1.1/"])
def test_a_public_address_is_right(address: str) -> None:
    assert wrong(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/",
        "http://LOCALHOST:8000/",
        "http://localhost./",
        "http://city.localhost/",
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
    ],
)
def test_a_private_address_is_right_only_where_the_network_allows_it(address: str) -> None:
    assert "allow_private = true" in (wrong(address) or "")
    assert wrong(address, allow_private=True) is None


@pytest.mark.parametrize("address", ["ftp://example.org/", "example.org", "", "https://", "http://[", "/etc/passwd"])
def test_only_http_is_asked(address: str) -> None:
    assert wrong(address) == "must be an http:// or https:// address"
    assert wrong(address, key="static_url") == "must be an http:// or https:// address"


def test_a_file_is_right_only_in_the_demo() -> None:
    assert "file: is for the demo" in (wrong("file:a.json", allow_private=True) or "")
    assert wrong("file:a.json", replays=True) is None


@pytest.mark.parametrize(
    "address", ["https://u:geheim@example.org/", "https://u@example.org/", "https://:@example.org/"]
)
def test_credentials_have_no_place_in_an_address(address: str) -> None:
    said = wrong(address)
    assert said is not None
    assert "without credentials" in said
    assert "geheim" not in said


def test_an_address_is_found_under_any_name_and_at_any_depth() -> None:
    settings = {"pages": [{"from": "https://example.org"}, {"from": "http://127.0.0.1"}]}
    found = wrong_address(settings, allow_private=False, replays=False)
    assert found is not None
    assert found[0] == "pages[1].from"


def test_text_that_is_no_address_is_left_alone() -> None:
    assert wrong_address({"name": "City of http", "count": 3, "none": None}, allow_private=False, replays=False) is None
