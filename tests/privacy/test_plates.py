"""Plates at rest."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkgraph.privacy.keys import KEY_BYTES, kept_key, read_key
from parkgraph.privacy.plates import normalise
from parkgraph.privacy.vault import Vault

VAULT, OTHER = Vault(bytes(32)), Vault(b"\1" * 32)
plates = st.text(st.characters(codec="utf-8"), max_size=20)


@given(plates)
def test_a_plate_is_read_again_as_it_was_and_by_its_key_alone(plate: str) -> None:
    sealed = VAULT.seal(plate)
    assert VAULT.open(sealed) == plate
    assert OTHER.open(sealed) is None


@given(plates)
def test_the_same_plate_is_sealed_differently_each_time_and_found_alike(plate: str) -> None:
    assert VAULT.seal(plate) != VAULT.seal(plate)
    assert VAULT.digest(plate) == VAULT.digest(plate) != OTHER.digest(plate)


@given(plates, st.integers(0, 200), st.integers(1, 255))
def test_what_was_changed_is_not_read(plate: str, place: int, change: int) -> None:
    sealed = bytearray(VAULT.seal(plate))
    sealed[place % len(sealed)] ^= change
    assert VAULT.open(bytes(sealed)) is None


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(40)])
def test_what_was_never_sealed_is_not_read(sealed: bytes) -> None:
    assert VAULT.open(sealed) is None


@pytest.mark.parametrize("typed", ["S-AB 123", "s ab 123", "S–AB–123", "Sab123", " S.AB·123 "])
def test_a_plate_is_found_however_it_is_typed(typed: str) -> None:
    assert VAULT.digest(typed) == VAULT.digest("SAB123")


def test_other_plates_are_other_plates() -> None:
    assert len({VAULT.digest(plate) for plate in ("SAB123", "SAB124", "SA-B 12", "LÖ A 1", "LO A 1")}) == 5


@given(plates)
def test_normalising_twice_changes_nothing(plate: str) -> None:
    assert normalise(normalise(plate)) == normalise(plate)


def test_a_vault_shows_nothing_of_its_key() -> None:
    assert "01" not in repr(OTHER).partition(" at ")[0]


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_has_its_size(size: int) -> None:
    with pytest.raises(ValueError, match="32"):
        Vault(bytes(size))


@pytest.mark.parametrize("text", ["", "short", "!" * 44, "AAAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        read_key(text)


def test_a_folder_keeps_its_key_for_nobody_else_to_read(tmp_path: Path) -> None:
    key = kept_key(tmp_path / "new", "plates.key")
    assert len(key) == KEY_BYTES
    assert kept_key(tmp_path / "new", "plates.key") == key != kept_key(tmp_path / "new", "another.key")
    (file, *_) = (tmp_path / "new").glob("plates*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_all_who_make_a_folders_key_at_once_have_the_same(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(kept_key(tmp_path, "a.key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == len(threads)
    assert [file.name for file in tmp_path.iterdir()] == ["a.key"]
