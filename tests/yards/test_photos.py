from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.yards.photos import MAX_URL, check_photo


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example.org/hof/1.jpg",
        "https://a.de/",
        "https://cdn.example.co.uk:443/x.png?w=800&h=600#top",
        "https://xn--bcher-kva.example.com/1.webp",
    ],
)
def test_a_public_https_address_is_a_photo(url: str) -> None:
    check_photo(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hof.jpg",
        "//example.org/1.jpg",
        "http://example.org/1.jpg",
        "ftp://example.org/1.jpg",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "https://",
        "https:///1.jpg",
        "https://example/1.jpg",
        "https://localhost/1.jpg",
        "https://printer.local/1.jpg",
        "https://db.internal/1.jpg",
        "https://127.0.0.1/1.jpg",
        "https://8.8.8.8/1.jpg",
        "https://127.1/1.jpg",
        "https://2130706433/1.jpg",
        "https://0x7f000001/1.jpg",
        "https://10.0x1/1.jpg",
        "https://[::1]/1.jpg",
        "https://[2001:db8::1]/1.jpg",
        "https://[::1/1.jpg",
        "https://user@example.org/1.jpg",
        "https://user:secret@example.org/1.jpg",
        "https://example.org:8443/1.jpg",
        "https://example.org:x/1.jpg",
        "https://example.org\\@127.0.0.1/1.jpg",
        "https://example.org/a b.jpg",
        "https://example.org/ä.jpg",
        "https://example.org/1.jpg\n",
        "https://example.org./1.jpg",
        "https://-example.org/1.jpg",
        "https://example.org/" + "x" * MAX_URL,
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^photos "):
        check_photo(url)


@given(st.text() | st.text().map(lambda rest: f"https://{rest}"))
def test_whatever_the_text_what_passes_is_https_in_plain_ascii(url: str) -> None:
    with suppress(ValueError):
        check_photo(url)
        assert url.startswith("https://")
        assert url.isascii()


@given(st.integers(0, 2**32 - 1))
def test_no_literal_address_passes_however_it_is_spelt(address: int) -> None:
    octets = [str(address >> shift & 255) for shift in (24, 16, 8, 0)]
    for host in (".".join(octets), str(address), hex(address), f"[::ffff:{'.'.join(octets)}]"):
        with pytest.raises(ValueError, match="photos"):
            check_photo(f"https://{host}/1.jpg")
