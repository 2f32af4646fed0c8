"""gate.toml: what is wrong stops the start with one sentence."""

import re
from pathlib import Path

import pytest

from parkgraph.gates.agent import settings as gate_settings
from parkgraph.gates.agent.settings import load
from parkgraph.settings_source import SettingsError

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "gate.example.toml"
WHOLE = """
[server]
url = "http://127.0.0.1:1/graphql"
gate_id = "g"
key = "pk_secret"
[cameras.front]
device = "plain"
token = "0123456789abcdef"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "gate.toml"
    file.write_text(text)
    return file


def test_the_example_is_right_and_has_every_setting() -> None:
    text = EXAMPLE.read_text()
    load(EXAMPLE, {})
    for model in (
        gate_settings.ServerSettings,
        gate_settings.ListenSettings,
        gate_settings.StoreSettings,
        gate_settings.LogSettings,
        gate_settings.MqttSettings,
        gate_settings.CameraSettings,
        gate_settings.BarrierSettings,
    ):
        for key in model.model_fields:
            assert re.search(rf"^#? ?{key} = ", text, re.MULTILINE), key


def test_the_environment_wins(tmp_path: Path) -> None:
    environ = {"PARKGRAPH_GATE_SERVER_KEY": "pk_other", "PARKGRAPH_GATE_CAMERAS_FRONT_GAP_SECONDS": "5"}
    settings = load(written(tmp_path, WHOLE), environ)
    assert settings.server.key.get_secret_value() == "pk_other"
    assert settings.cameras["front"].gap_seconds == 5


def test_secrets_are_known_as_such(tmp_path: Path) -> None:
    assert set(load(written(tmp_path, WHOLE), {}).secrets()) == {"pk_secret", "0123456789abcdef"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("gate_id", "gate"), "[server] gate is no setting; did you mean gate_id?"),
        (('key = "pk_secret"', ""), "[server] key is missing: the setting is required."),
        (("http://", "ftp://"), "[server] url must be an http:// or https:// address"),
        (('"plain"', '"nikon"'), "[cameras.front] device must be one of axis, dahua"),
        (('token = "0123456789abcdef"', ""), "[cameras.front] needs username and password, a token, or addresses"),
        (('token = "0123456789abcdef"', 'username = "a"'), "[cameras.front] needs username and password together"),
        (("0123456789abcdef", "short"), "[cameras.front] token"),
        (("[cameras.front]", "[cameras.Front]"), "[cameras.Front] must be named by small letters"),
        (("[cameras.front]", "[camera.front]"), "camera is no setting; did you mean cameras?"),
        (("[cameras.front]", '[cameras.front]\ntopic = "a"'), "[mqtt] is missing: [cameras.front] has a topic."),
        (("[cameras.front]", '[cameras.front]\nbarrier = "x"'), "[cameras.front] barrier must be one of"),
        (("[cameras.front]", '[barriers.b]\nkind = "mqtt"\n[cameras.front]'), "[barriers.b] needs a topic"),
        (("[cameras.front]", '[barriers.b]\nkind = "shelly"\n[cameras.front]'), "[barriers.b] needs a url"),
        (("[cameras.front]", '[cameras.front]\ntimezone = "Stuttgart"'), "timezone must be a time zone"),
        (("[cameras.front]", '[cameras.front]\nallow = ["all"]'), "allow[0] must be an address or a network"),
        (("[server]", '[server]\nallow_list_key = "x"'), "allow_list_key must be an Ed25519 key"),
        (("[server]", "[server]\npatience_ms = 9"), "patience_ms must be a whole number between 100 and 4000."),
        (("[server]", "[server"), "must be TOML, and is not at line 2"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    file = written(tmp_path, WHOLE.replace(*change, 1))
    with pytest.raises(SettingsError) as error:
        load(file, {})
    said = str(error.value).replace(f"{file}: ", "")
    assert sentence in said
    assert "\n" not in said
    assert "pk_secret" not in said


def test_without_a_camera_there_is_no_gate(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a gate has a camera at least"):
        load(written(tmp_path, WHOLE.partition("[cameras")[0]), {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gate\.example\.toml is one to begin with"):
        load(tmp_path / "none.toml", {})
