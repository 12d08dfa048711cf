"""A brief looked at in a browser: on a phone, on a desk and on paper."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

import sample_document as sample
from landbridge.brief import page

pytestmark = pytest.mark.browser

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=3000",
)  # fmt: skip
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_PHONE = 360


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on the PATH to look at the page with")
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("looks")
    page.write(page.render(sample.document()), place / "brief.html")
    return place


def run(browser: str, folder: Path, file: Path, *flags: str) -> str:
    profile = folder / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    done = subprocess.run(
        [browser, *_FLAGS, f"--user-data-dir={profile}", *flags, file.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    return done.stdout


def probe(browser: str, folder: Path, width: int, script: str) -> dict[str, str]:
    """What `script` writes into `report` when it runs in a copy of the page, framed at `width` px.

    The page's policy admits no other script, so the copy has none. The frame is there because a headless window
    is never narrower than 500 px.
    """
    html = _POLICY.sub("", (folder / "brief.html").read_text(encoding="utf-8"))
    tail = f"<script>const report = {{}};\n{script}\nparent.postMessage(report, '*');</script></body>"
    (folder / "copy.html").write_text(html.replace("</body>", tail), encoding="utf-8")
    frame = folder / "frame.html"
    frame.write_text(
        "<body><script>addEventListener('message', (event) => "
        "Object.assign(document.body.dataset, event.data))</script>"
        f"<iframe src='copy.html' style='width:{width}px;height:800px;border:0'></iframe></body>",
        encoding="utf-8",
    )
    dom = run(browser, folder, frame, "--window-size=1400,900", "--dump-dom")
    body = re.search(r"<body([^>]*)>", dom)
    assert body
    return dict(re.findall(r'data-([\w-]+)="([^"]*)"', body[1]))


def pixels(png: bytes) -> set[bytes]:
    """The distinct rows of pixels of a PNG, still filtered: one where the picture is blank."""
    width, _, depth, colour = struct.unpack(">IIBB", png[16:26])
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    line = 1 + width * depth // 8 * {2: 3, 6: 4}[colour]
    raw = zlib.decompress(data)
    return {raw[start : start + line] for start in range(0, len(raw), line)}


@pytest.mark.parametrize("width", [_PHONE, 768, 1280])
def test_nothing_runs_over_the_edge(browser: str, folder: Path, width: int) -> None:
    seen = probe(browser, folder, width, """
      document.querySelectorAll("details").forEach((item) => { item.open = true; });
      const root = document.documentElement;
      report.width = root.scrollWidth;
      report.frame = root.clientWidth;
      report.over = [...document.querySelectorAll("main *")].filter((item) => !item.closest(".scroll, svg, .sr")
        && item.getBoundingClientRect().right > root.clientWidth + 1).map((item) => item.className || item.tagName)
        .slice(0, 5).join(" ");
    """)  # fmt: skip
    assert seen["frame"] == str(width)
    assert seen["width"] == str(width), seen["over"]
    assert seen["over"] == ""


@pytest.mark.parametrize(("width", "setting"), [(_PHONE, "narrow"), (1280, "wide")])
def test_each_chart_shows_the_setting_that_fits(browser: str, folder: Path, width: int, setting: str) -> None:
    seen = probe(browser, folder, width, """
      const shown = [...document.querySelectorAll(".picture")].filter((item) => item.getBoundingClientRect().width);
      report.count = shown.length;
      report.settings = [...new Set(shown.map((item) => item.classList[1]))].join();
      report.small = Math.min(...shown.flatMap((item) => [...item.querySelectorAll("text")].map((text) =>
        parseFloat(getComputedStyle(text).fontSize) * item.getBoundingClientRect().width / item.viewBox.baseVal.width)));
    """)  # fmt: skip
    assert (seen["count"], seen["settings"]) == ("6", setting)
    assert float(seen["small"]) >= 11.4


def test_words_of_a_chart_stay_within_it_and_apart(browser: str, folder: Path) -> None:
    for width in (_PHONE, 1280):
        seen = probe(browser, folder, width, """
          const hits = [];
          for (const picture of document.querySelectorAll(".picture")) {
            const frame = picture.getBoundingClientRect();
            if (!frame.width) continue;
            const boxes = [...picture.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
            boxes.forEach(([text, box], place) => {
              if (box.left < frame.left - 2 || box.right > frame.right + 2) hits.push(`out: ${text.textContent}`);
              for (const [other, next] of boxes.slice(place + 1)) {
                const x = Math.min(box.right, next.right) - Math.max(box.left, next.left);
                const y = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
                if (x > 2 && y > 5) hits.push(`${text.textContent} / ${other.textContent}`);
              }
            });
          }
          report.hits = hits.join("; ");
        """)  # fmt: skip
        assert seen["hits"] == ""


def test_a_figure_opens_its_origin_on_focus_and_closes_on_escape(browser: str, folder: Path) -> None:
    seen = probe(browser, folder, 1280, f"""
      const card = document.getElementById("card");
      report.before = card.hidden;
      const figure = document.querySelector('.fig[data-figure="{sample.DEEP.id}"]');
      figure.focus();
      report.after = card.hidden;
      report.text = card.textContent;
      report.links = card.querySelectorAll("a").length;
      const inputs = [...card.querySelectorAll("details")];
      report.inputs = inputs.length;
      document.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Escape", bubbles: true }}));
      report.closed = card.hidden;
      document.querySelector('.fig[data-figure="{sample.TARGET.id}"]').click();
      report.link = card.querySelector("a").href;
      report.weak = card.querySelector(".weak") !== null;
    """)  # fmt: skip
    assert (seen["before"], seen["after"], seen["closed"]) == ("true", "false", "true")
    assert f"landbridge explain {sample.DEEP.id}" in seen["text"]
    assert "0.0312" in seen["text"]
    assert "simulated" in seen["text"]
    assert seen["inputs"] == "2"
    assert seen["link"].startswith("https://example.org/copy")
    assert seen["weak"] == "true"


def test_the_script_runs_under_the_page_s_own_policy(browser: str, folder: Path) -> None:
    dom = run(browser, folder, folder / "brief.html", "--dump-dom")
    assert 'role="button"' in dom
    assert "Content-Security-Policy" in dom


@pytest.mark.parametrize(("width", "height"), [(500, 800), (1280, 900)])
def test_the_picture_is_not_blank(browser: str, folder: Path, width: int, height: int) -> None:
    target = folder / f"page-{width}.png"
    run(browser, folder, folder / "brief.html", f"--window-size={width},{height}", f"--screenshot={target}")
    assert len(pixels(target.read_bytes())) > 100


def test_on_paper_the_list_of_figures_is_open(browser: str, folder: Path) -> None:
    target = folder / "brief.pdf"
    run(browser, folder, folder / "brief.html", "--no-pdf-header-footer", f"--print-to-pdf={target}")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", target.read_bytes()))
    closed = folder / "closed.html"
    html = (folder / "brief.html").read_text(encoding="utf-8")
    closed.write_text(
        re.sub(r'<details class="fold all">.*?</details>', "", html, flags=re.DOTALL), encoding="utf-8"
    )
    run(browser, folder, closed, "--no-pdf-header-footer", f"--print-to-pdf={target}")
    without = len(re.findall(rb"/Type\s*/Page\b(?!s)", target.read_bytes()))
    assert pages > without > 2
