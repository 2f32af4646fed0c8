import re
import shutil
import subprocess
import tempfile

import httpx
import pytest

from parkgraph.api import graphiql

BROWSER = shutil.which("chromium")


def test_graphiql_needs_nothing_from_elsewhere(http: httpx.Client) -> None:
    page = http.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(wanted) == 5
    for address in wanted:
        assert address == "data:," or http.get(address).status_code == 200


def test_the_query_that_graphiql_begins_with_is_answered(http: httpx.Client) -> None:
    answer = http.post("/graphql", json={"query": graphiql.EXAMPLE_QUERY}).json()
    assert "errors" not in answer
    assert any(len(edge["node"]["listings"]) == 2 for edge in answer["data"]["nearby"]["edges"])


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")
def test_graphiql_starts_in_a_browser(demo_url: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        options += ["--disable-component-update", "--disable-sync", "--virtual-time-budget=5000", "--dump-dom"]
        page = subprocess.run(
            [str(BROWSER), *options, f"--user-data-dir={profile}", f"{demo_url}/graphql"],
            capture_output=True, text=True, timeout=60, check=False,
        ).stdout  # fmt: skip
    assert "graphiql-execute-button" in page
