from __future__ import annotations

import httpx


async def test_the_documentation_page_needs_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    style, script = await http.get("/docs/docs.css"), await http.get("/docs/docs.js")
    assert [page.status_code, style.status_code, script.status_code] == [200, 200, 200]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for text in (page.text, style.text, script.text):
        assert text
        assert "https://" not in text
        assert "//cdn" not in text
