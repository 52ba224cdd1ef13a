"""What a phone downloads before it can use a page, and what Lighthouse makes of it.

JavaScript and CSS are counted as they travel (gzip), as a browser asks for them on the first visit of the page; the
chart library comes later and is not needed for first use. Lighthouse comes from npm into the scratch folder.
"""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx

from bench.figure import Figure
from bench.household import households
from bench.server import server
from upay.accounts import SESSION_COOKIE
from upay_web.environment import for_building

PAGES = ("/sign-in", "/home")
CHROME = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


def run(scratch: Path) -> list[Figure]:
    """Kilobytes of scripts and styles, and Lighthouse's scores (median of three), of the sign-in and the home page."""
    tokens, _ = households(1)
    subprocess.run(
        ["npm", "install", "--silent", "--prefix", str(scratch), "lighthouse@12"], check=True, env=for_building()
    )
    figures = []
    with server() as base:
        for path in PAGES:
            script, style = _weights(base, path)
            performance, accessibility, detail = _lighthouse(scratch, base + path, tokens[0])
            scored = {"unit": "", "at_least": True}
            figures += [
                Figure(f"JavaScript of {path}, gzip", script, "kB", limit=180),
                Figure(f"CSS of {path}, gzip", style, "kB", limit=20),
                Figure(f"Lighthouse mobile performance of {path}", performance, limit=95, detail=detail, **scored),
                Figure(f"Lighthouse accessibility of {path}", accessibility, limit=100, **scored),
            ]
    return figures


def _weights(base: str, path: str) -> tuple[float, float]:
    """kB of what the page's HTML asks for: module preloads, scripts, styles, and the modules that these import."""
    with httpx.Client(base_url=base, follow_redirects=True) as http:
        html = http.get(path).text
        asked = set(re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:js|css))"', html))
        asked |= set(re.findall(r'(?:import|from)\s*\(?"(/assets/[^"]+\.js)"', html))
        styles = {each for each in asked if each.endswith(".css")} | set(re.findall(r'href="(/[^"/]+\.css)"', html))
        scripts = {each for each in asked if each.endswith(".js")}
        return _travelled(http, scripts), _travelled(http, styles)


def _travelled(http: httpx.Client, addresses: set[str]) -> float:
    """Bytes as they come over the wire, in kB."""
    total = 0
    for address in addresses:
        with http.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
            total += sum(len(part) for part in answer.iter_raw())
    return total / 1000


def _lighthouse(scratch: Path, url: str, token: str) -> tuple[float, float, dict]:
    headers = scratch / "headers.json"
    headers.write_text(json.dumps({"Cookie": f"{SESSION_COOKIE}={token}"}))
    command = [
        shutil.which("node", path=for_building()["PATH"]) or "node",
        str(scratch / "node_modules" / "lighthouse" / "cli" / "index.js"), url, "--quiet", "--output=json",
        "--only-categories=performance,accessibility", f"--chrome-flags={CHROME}", f"--extra-headers={headers}",
    ]  # fmt: skip
    reports = []
    for _ in range(3):
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | {"CHROME_PATH": "/usr/bin/chromium"}
        )
        reports.append(json.loads(done.stdout))
    reports.sort(key=lambda report: report["categories"]["performance"]["score"])
    middle = reports[1]
    audits = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
    failed = [
        name
        for name, audit in middle["audits"].items()
        if audit["score"] == 0 and audit.get("scoreDisplayMode") == "binary"
    ]
    detail = {name: middle["audits"][name]["displayValue"] for name in audits} | {"failed": failed}
    scores = middle["categories"]
    return 100 * scores["performance"]["score"], 100 * scores["accessibility"]["score"], detail
