"""What is served: one document and its files, all from here, and no way for data to become markup."""

import re
from collections.abc import Iterator

import httpx
import pytest

from sandbox.page.routes import STATIC
from tests.sandbox.page.fake_world import FakeWorld, running

FILES = sorted(STATIC.iterdir())


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running(FakeWorld()) as address, httpx.Client(base_url=address) as client:
        yield client


def test_the_document_names_only_files_that_are_served(client: httpx.Client) -> None:
    document = client.get("/")
    named = re.findall(r'(?:src|href)="(assets/[^"]+)"', document.text)
    assert document.headers["content-type"].startswith("text/html")
    assert len(named) > 5
    assert [client.get(f"/{name}").status_code for name in named] == [200] * len(named)


def test_every_module_imports_only_modules_and_names_that_exist() -> None:
    exported = {
        file.name: set(re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", file.read_text(), re.MULTILINE))
        for file in FILES
    }
    imported = [
        (file.name, source, name.strip())
        for file in FILES
        for names, source in re.findall(r'^import \{ ([^}]+) \} from "\./([^"]+)";', file.read_text(), re.MULTILINE)
        for name in names.split(",")
    ]
    assert len(imported) > 50
    assert [one for one in imported if one[2] not in exported.get(one[1], set())] == []


def test_the_browser_is_told_to_run_only_what_comes_from_here(client: httpx.Client) -> None:
    headers = client.get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/../routes.py", "/assets/%2e%2e/routes.py", "/routes.py", "/assets/"])
def test_nothing_but_the_page_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_of_the_page_is_small_plain_and_needs_nothing_from_outside(file: object) -> None:
    text = (STATIC / str(file)).read_text()
    outside = [address for address in re.findall(r"https?://[\w.]+", text) if address != "http://www.w3.org"]
    assert len(text.splitlines()) <= 350
    assert outside == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text) == []
