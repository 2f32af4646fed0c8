"""The templates come along: a wheel of ParkGraph holds each file of them."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]


def test_a_wheel_holds_the_templates(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=110)
    (wheel,) = tmp_path.glob("*.whl")
    templates = ROOT / "src" / "parkgraph" / "kit" / "templates"
    files = {f"parkgraph/kit/templates/{path.relative_to(templates).as_posix()}" for path in templates.rglob("*.*")}
    assert len(files) > 10
    assert files <= set(ZipFile(wheel).namelist())
