"""The frame: Material's page of a look, once, with slots that plan text fills."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import Markup, escape

from mapsite.errors import MapsiteError
from mapsite.room import frame as framing
from mapsite.room.frame import (
    CSP,
    SLOTS,
    Frame,
    load_frame,
    look_fingerprint,
    make_frame,
    render_pages,
    theme_folder,
)

REPOSITORY = Path(__file__).parents[1]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
SEEDED = """\
site_name: Mama
theme:
  name: material
  palette:
    - {scheme: default, primary: teal, toggle: {icon: material/eye, name: Dark}}
    - {scheme: slate, primary: teal, toggle: {icon: material/eye, name: Light}}
"""

HOSTILE = {
    "lang": "e\"n'",
    "title": '</title><script>alert("1")</script> & {{ 7 * 7 }} {% raw %}',
    "brand_css": "assets/a&b.css",
    "header": "Zoë + 株式会社 <b>",
    "body": "x" * 300 + " {{ config }} slot-title-end \\1 \\g<0>",
    "footer": "",
    "label_skip": "<a href='javascript:1'>",
    "label_light": '"',
    "label_dark": "☾ & <",
}

Write = Callable[[str, str | bytes], None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a folder as a seller has it, with the smallest mkdocs.yml."""
    folder = tmp_path / "seller"
    folder.mkdir()
    (folder / "mkdocs.yml").write_text(SEEDED, "utf-8")
    return folder


@pytest.fixture
def write(root: Path) -> Write:
    """Return a function that writes a file of the seller's."""

    def write_file(name: str, content: str | bytes) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write_file


@pytest.fixture(scope="module")
def ours() -> Frame:
    """Make the frame of this repository's own mkdocs.yml."""
    return make_frame(REPOSITORY)


def filled(frame: Frame, **values: str) -> str:
    """Return the page with a word of its own in every slot that *values* leaves."""
    words = {name: f"a-{name}" for name in SLOTS} | values
    marked = {name: escape(word) for name, word in words.items()}
    return frame.shells["index.html"].fill(marked)


def stylesheet(frame: Frame) -> str:
    """Return the text of the room's one stylesheet."""
    (name,) = (n for n in frame.files if re.match(r"assets/room\.\w+\.css", n))
    return frame.files[name].decode()


def asset(frame: Frame, stem: str) -> str:
    """Return the path of the one file whose name begins with *stem*."""
    (name,) = (n for n in frame.files if n.startswith(f"assets/{stem}."))
    return name


def wrong(root: Path) -> str:
    """Return what is said about a look that cannot be taken."""
    with pytest.raises(MapsiteError) as caught:
        make_frame(root)
    return str(caught.value)


def test_fill_equals_what_mkdocs_renders_with_the_same_values(ours: Frame) -> None:
    """Byte for byte, though the values are as hostile as escaped text can be."""
    values = {name: escape(value) for name, value in HOSTILE.items()}
    assert set(values) == set(SLOTS)
    page = ours.shells["index.html"].fill(values)
    fixed = {
        "csp": ours.csp,
        "icon": asset(ours, "favicon"),
        "script": next(n for n in ours.files if "/room." in n and n[-3:] == ".js"),
        "scripts": [asset(ours, "suggest")],
        "css": next(n for n in ours.files if n.endswith(".css")),
    }
    assert page == render_pages(REPOSITORY, fixed | values)["index.html"]
    assert "<script>alert" not in page


def test_fill_takes_only_escaped_text(ours: Frame) -> None:
    """A plain str could hold markup, so it is a mistake of the program."""
    values = dict.fromkeys(SLOTS, Markup("")) | {"title": "a < b"}
    with pytest.raises(TypeError, match="slot title"):
        ours.shells["index.html"].fill(values)  # type: ignore[arg-type]  # the point


def test_policy_is_the_first_thing_after_the_charset(ours: Frame) -> None:
    """Nothing can load or run before it holds."""
    page = filled(ours)
    head = page[page.index("<head>") + 6 :].split()
    assert " ".join(head[:2]) == '<meta charset="utf-8">'
    tags = re.findall(r"<(?:meta|title|link|script)[^>]*>", page)
    assert tags[1] == f'<meta http-equiv="Content-Security-Policy" content="{CSP}">'
    assert tags[3:5] == [
        '<meta name="referrer" content="no-referrer">',
        '<meta name="robots" content="noindex,nofollow">',
    ]


def test_head_tells_link_previews_nothing(ours: Frame) -> None:
    """A title of its own for them; no description, address, author or neighbour."""
    page = filled(ours)
    for word in ("description", "canonical", "author", "generator", "rel=next"):
        assert word not in page
    assert page.count("<title>a-title</title>") == 1
    assert re.findall(r"<meta property=[^>]*>", page) == [
        '<meta property="og:title" content="a-title">'
    ]
    assert '<html lang="a-lang"' in page


def test_page_has_no_inline_code_and_none_of_materials_script(ours: Frame) -> None:
    """The policy would stop it; so it must not be needed."""
    page = filled(ours)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    for word in (
        "__config",
        "bundle",
        "__search",
        "__drawer",
        "md-dialog",
        "md-overlay",
    ):
        assert word not in page


def test_page_keeps_materials_structure_and_begins_with_the_skip_link(
    ours: Frame,
) -> None:
    """Header, container, main and footer are Material's; the first link skips them."""
    page = filled(ours)
    for name in ("md-header", "md-container", "md-main", "md-footer", "md-skip"):
        assert re.search(rf'class="{name}[ "]', page)
    body = page[page.index("<body") :]
    first = re.search(r"<(?:a|button|input|label)[^>]*>\s*([^<]*?)\s*<", body)
    assert first is not None
    assert first[1] == "a-label_skip"
    assert 'href="#main"' in first[0]
    assert 'id="main"' in page
    assert "md-typeset" not in page


def test_page_names_only_files_of_the_frame(ours: Frame) -> None:
    """What the page asks for is there, and nothing is there that nobody asks for."""
    page = filled(ours, brand_css="BRAND")
    asked = re.findall(r'<(?:link|script|img)[^>]*(?:href|src)="([^"]*)"', page)
    assert sorted(asked) == sorted([*ours.files, "BRAND"])
    assert all(
        re.fullmatch(r"assets/[a-z-]+\.[0-9a-f]{10}\.\w+", n) for n in ours.files
    )
    assert not any(name.endswith(".map") for name in ours.files)


def test_nothing_points_outside(ours: Frame) -> None:
    """No byte of the frame has an address but the name of SVG's namespace."""
    for content in (filled(ours).encode(), *ours.files.values()):
        plain = content.replace(b"http://www.w3.org/2000/svg", b"")
        assert not re.search(rb"https?:|//[a-z]|@import|sourceMapping", plain)


def test_frame_is_light(ours: Frame) -> None:
    """Material's rules that match nothing stay behind."""
    assert len(stylesheet(ours)) < 48_000
    for word in (".md-typeset", ".md-search", ".md-nav", "--md-admonition", "rtl"):
        assert word not in stylesheet(ours)


def test_frame_is_the_same_every_time(ours: Frame) -> None:
    """No path, time or chance is in it."""
    assert make_frame(REPOSITORY) == ours


def test_dark_and_light_follow_the_system_without_a_script(ours: Frame) -> None:
    """Material's own scheme on the body must not overrule the reader's."""
    css = stylesheet(ours)
    assert "color-scheme:light dark" in css
    assert "body[data-md-color-scheme]{color-scheme:inherit}" in css
    assert ':root[data-map-scheme="dark"]{color-scheme:dark}' in css
    assert re.search(r'<form class="[^"]*map-switch"[^>]* hidden>', filled(ours))


def test_palette_reaches_the_page_and_the_stylesheet(root: Path) -> None:
    """The names of mkdocs.yml stand on the body, and their colours travel."""
    frame = make_frame(root)
    assert 'data-md-color-primary="teal"' in filled(frame)
    assert "[data-md-color-primary=teal]" in stylesheet(frame)
    assert "[data-md-color-primary=red]" not in stylesheet(frame)


def test_single_palette_has_no_switch_and_its_scheme_holds(
    root: Path, write: Write
) -> None:
    """A seller who names one scheme gets it, whatever the system says."""
    write("mkdocs.yml", "site_name: M\ntheme:\n  palette: {scheme: slate}\n")
    frame = make_frame(root)
    assert "<form" not in filled(frame)
    assert ":root{color-scheme:dark}" in stylesheet(frame)


def test_custom_dir_lies_over_the_packaged_theme(root: Path, write: Write) -> None:
    """A template or stylesheet of the same name replaces ours; the rest stays."""
    write("mkdocs.yml", SEEDED.replace("theme:\n", "theme:\n  custom_dir: mine\n"))
    footer = "<footer>{{ config.extra.frame.footer }} by Mama</footer>"
    write("mine/partials/footer.html", footer)
    write("mine/assets/risks.css", ".map-risks { color: var(--mine) }")
    frame = make_frame(root)
    assert "a-footer by Mama" in filled(frame)
    assert "a-header" in filled(frame)
    assert ".map-risks{color:var(--mine)}" in stylesheet(frame)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<footer>nothing</footer>", "print no footer"),
        ("nothing", "keep {{ config.extra.frame.footer }} in your own, without a"),
        ("{{ config.extra.frame.footer | upper }}", "print no footer"),
        ("{{ config.extra.frame.footer }}<script>1</script>", "inline <script>"),
        ("{{ config.extra.frame.footer }}<p style='top:0'>", "<p style>"),
        ("{{ config.extra.frame.footer }}<b onclick='1'>", "<b onclick>"),
        ("{{ config.extra.frame.footer }}<img src='//a.example/x'>", "<img src>"),
        ("{{ config.extra.frame.footer }}<iframe></iframe>", "<iframe>"),
        ("{{ config.extra.frame.footer }}<a href='javascript:1'>", "with code"),
        ("{{ config.extra.frame.footer or 'none' }}", "decides by what"),
        ("{% if %}", "footer.html:1"),
    ],
)
def test_template_that_would_break_a_promise_is_refused(
    root: Path, write: Write, template: str, said: str
) -> None:
    """The message names what is wrong with the seller's own template."""
    write("mkdocs.yml", SEEDED.replace("theme:\n", "theme:\n  custom_dir: mine\n"))
    write("mine/partials/footer.html", template)
    assert said in wrong(root)


def test_extra_css_comes_last_and_brings_its_files(root: Path, write: Write) -> None:
    """Pictures and fonts that it names by url() travel under hashed names."""
    write("mkdocs.yml", SEEDED + "extra_css: [brand/a.css]\n")
    write(
        "brand/a.css",
        "@font-face{font-family:Own;src:url('own.woff2')}"
        ".map-goal{background:url( ../dot.png ) } /* https://a.example */",
    )
    write("brand/own.woff2", b"wOF2")
    write("dot.png", PNG)
    frame = make_frame(root)
    css = stylesheet(frame)
    for stem in ("own", "dot"):
        name = asset(frame, stem).removeprefix("assets/")
        assert f'url("{name}")' in css.splitlines()[-1]
    assert "a.example" not in css
    assert frame.csp == f"{CSP}; font-src 'self'"
    assert frame.csp in filled(frame)


def test_extra_javascript_travels_deferred(root: Path, write: Write) -> None:
    """A seller's own script is a file of the room like ours."""
    write("mkdocs.yml", SEEDED + "extra_javascript: [own.js]\n")
    write("own.js", "1")
    frame = make_frame(root)
    assert f'<script src="{asset(frame, "own")}" defer></script>' in filled(frame)


def test_font_is_a_name_and_no_request(root: Path, write: Write) -> None:
    """Material would fetch it; here it only comes first in the list."""
    write("mkdocs.yml", SEEDED + "  font: {text: Inter Tight}\n")
    frame = make_frame(root)
    assert ':root{--m-font-own:"Inter Tight"}' in stylesheet(frame)
    assert "fonts." not in filled(frame) + stylesheet(frame)


def test_logo_favicon_and_settings_are_handed_on(root: Path, write: Write) -> None:
    """The logo is for rooms whose plan names none."""
    more = "  logo: a.png\n  favicon: b.svg\nextra: {mapsite: {keep: 2026-01-02}}\n"
    write("mkdocs.yml", SEEDED + more)
    write("a.png", PNG)
    write("b.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    frame = make_frame(root)
    assert frame.logo == asset(frame, "a")
    assert frame.files[frame.logo] == PNG
    assert f'<link rel="icon" href="{asset(frame, "b")}">' in filled(frame)
    assert frame.settings == {"keep": "2026-01-02"}


def test_smallest_config_has_neither_logo_nor_settings(
    root: Path, write: Write
) -> None:
    """Everything but the name may be missing."""
    write("mkdocs.yml", "site_name: Mama\n")
    frame = make_frame(root)
    assert (frame.logo, frame.settings, frame.csp) == (None, {}, CSP)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_name: a\nhooks: [x.py]\n", "mkdocs.yml:2: hooks: is not taken"),
        ("site_name: a\nplugins: [search]\n", "mkdocs.yml:2: plugins: is not taken"),
        ("site_name: a\nINHERIT: b.yml\n", "mkdocs.yml:2: INHERIT"),
        ("site_name: !ENV HOME\n", "mkdocs.yml:1"),
        ("site_name: !!python/object/apply:os.getcwd []\n", "mkdocs.yml:1"),
        ("site_name: a\nsite_name: b\n", "mkdocs.yml:2"),
        ("site_name: [a]\n", "mkdocs.yml:1: site_name: expected a text, got a list"),
        ("theme: material\n", "mkdocs.yml: site_name: Required"),
        (
            "site_name: a\nextra_cs: []\n",
            'mkdocs.yml:2: extra_cs: unknown key "extra_cs"; did you mean "extra_css"?',
        ),
        (
            "site_name: a\ntheme: readthedocs\n",
            'mkdocs.yml:2: theme: expected material, got "readthedocs"',
        ),
        (
            "site_name: a\ntheme: {custom_dir: none}\n",
            "mkdocs.yml:2: theme: The path set in custom_dir",
        ),
        ("site_name: a\ntheme: {features: [toc]}\n", "theme/features: is not taken"),
        ("site_name: a\ntheme: {logo: 'https://a.example/b.png'}\n", "theme/logo"),
        ("site_name: a\ntheme: {logo: ../b.png}\n", "theme/logo: expected a reg"),
        ("site_name: a\ntheme: {logo: mkdocs.yml}\n", "theme/logo: expected a file"),
        ("site_name: a\ntheme: {font: {text: 'a;b'}}\n", "theme/font/text"),
        ("site_name: a\nextra: {analytics: {a: 1}}\n", "extra/analytics"),
        ("site_name: a\nextra: {mapsite: [1]}\n", "extra/mapsite: expected a map"),
        (
            "site_name: a\nextra: {mapsite: {preview_title: 1}}\n",
            "mkdocs.yml:2: extra/mapsite/preview_title: expected a text of one line",
        ),
        (
            'site_name: a\nextra: {mapsite: {preview_title: "a\\nb"}}\n',
            "extra/mapsite/preview_title: expected a text of one line",
        ),
        (
            f"site_name: a\nextra: {{mapsite: {{preview_title: {'a' * 61}}}}}\n",
            "extra/mapsite/preview_title: expected at most 60 letters",
        ),
        (
            "site_name: a\nextra_css: [none.css]\n",
            "mkdocs.yml:2: extra_css/1: no such file: none.css",
        ),
        ("site_name: a\nextra_css: ['//a.example/b.css']\n", "extra_css"),
        ("site_name: a\nextra_javascript: [a.txt]\n", "extra_javascript"),
        ("site_name: [\n", "mkdocs.yml:1: site_name: expected"),
        ("", "mkdocs.yml:1: expected settings like site_name and theme, got nothing"),
        ("# a\n", "mkdocs.yml:1: expected settings like"),
        ("- a\n", "mkdocs.yml:1: expected settings like"),
        ("site_name: a\ntheme: [b]\n", "theme: expected a map, got a list"),
        ("site_name: a\ntheme: {logo: brand/b.svg}\n", "no such file: brand/b.svg"),
        ("site_name: a\ntheme: {favcon: b.svg}\n", 'did you mean "favicon"?'),
        ("site_name: a\ntheme: {palette: teal}\n", "theme/palette: expected a map"),
        ("site_name: a\ntheme: {palette: [teal]}\n", "theme/palette/1: expected a map"),
        ("site_name: a\ntheme: {palette: {primery: red}}\n", 'mean "primary"?'),
        ("site_name: a\ntheme: {palette: {primary: teel}}\n", 'mean "teal"?'),
        ("site_name: a\ntheme: {palette: {accent: white}}\n", "/accent: expected a"),
        ("site_name: a\ntheme: {palette: {scheme: dark}}\n", "default or slate, got"),
        ("site_name: a\ntheme: {palette: {toggle: {icn: a}}}\n", 'mean "icon"?'),
        (
            "site_name: a\ntheme: {font: Inter}\n",
            "theme/font: expected false, or a map",
        ),
        ("site_name: a\ntheme: {font: {txt: Inter}}\n", 'mean "text"?'),
    ],
)
def test_setting_that_cannot_be_taken_is_named(
    root: Path, write: Write, text: str, said: str
) -> None:
    """Nothing is run or passed over in silence; the message has file and key."""
    write("mkdocs.yml", text)
    message = wrong(root)
    assert said in message
    assert str(root) not in message


def test_faults_of_the_settings_are_told_at_once(root: Path, write: Write) -> None:
    """What mapsite, Material and MkDocs would say comes together, in lines' order."""
    write(
        "mkdocs.yml",
        "site_nam: a\nplugins: [search]\ntheme:\n  logo: a.png\n"
        "  palette: {primary: teel, accent: 'deep purple'}\nextra_css: [b.css]\n",
    )
    assert [line.partition(": ")[0] for line in wrong(root).splitlines()] == [
        "mkdocs.yml",
        *(f"mkdocs.yml:{line}" for line in (1, 2, 4, 5, 6)),
    ]


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("b{}\n@import 'b.css';", "a.css:2: @import is not taken"),
        ("a{b:url(https://a.example/c.png)}", "fetches nothing from elsewhere"),
        ("a{b:url(//a.example/c.png)}", "fetches nothing from elsewhere"),
        ("a{b:image-set('https://a.example/c.png' 1x)}", "fetches nothing"),
        ("a{b:url(../c.png)}", "expected a regular file"),
        ("a{b:url(/etc/c.png)}", "expected a regular file"),
        ("a{b:url(mkdocs.yml)}", "expected a file"),
    ],
)
def test_extra_css_that_would_load_from_elsewhere_is_refused(
    root: Path, write: Write, css: str, said: str
) -> None:
    """A stylesheet reaches only the files of its own repository."""
    write("mkdocs.yml", SEEDED + "extra_css: [a.css]\n")
    write("a.css", css)
    (root.parent / "c.png").write_bytes(PNG)
    assert said in wrong(root)


def test_link_is_never_followed(root: Path, write: Write) -> None:
    """A logo is a regular file inside the folder."""
    secret = root.parent / "secret.png"
    secret.write_bytes(PNG)
    (root / "a.png").symlink_to(secret)
    write("mkdocs.yml", SEEDED + "  logo: a.png\n")
    assert "no link" in wrong(root)


def test_missing_config_is_told_kindly(tmp_path: Path) -> None:
    """The way out is the command that writes one."""
    with pytest.raises(MapsiteError, match=r"mkdocs\.yml: .*mapsite init"):
        load_frame(tmp_path, tmp_path / "cache")


def test_cache_is_used_until_the_look_changes(
    root: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same look costs no second run of MkDocs."""
    cache = root / ".cache"
    first = load_frame(root, cache)
    made: list[Path] = []
    original = framing.make_frame
    monkeypatch.setattr(framing, "make_frame", lambda r: made.append(r) or original(r))
    assert load_frame(root, cache) == first
    assert made == []
    write("mkdocs.yml", SEEDED.replace("teal", "red"))
    assert load_frame(root, cache) != first
    assert len(made) == 1
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b"0" * 64 + b"\n{}"])
def test_damaged_cache_is_made_again(root: Path, damage: bytes) -> None:
    """A half-written or edited file is never trusted."""
    cache = root / ".cache"
    frame = load_frame(root, cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage)
    assert load_frame(root, cache) == frame
    assert load_frame(root, cache) == frame


@pytest.mark.parametrize(
    "changed",
    [
        "mkdocs.yml",
        "brand/a.css",
        "brand/own.woff2",
        "logo.svg",
        "mine/assets/x.css",
        "mine/partials/footer.html",
        "mine/sections/goal.html.jinja",
    ],
)
def test_fingerprint_knows_every_file_of_the_look(
    root: Path, write: Write, changed: str
) -> None:
    """Whatever a room's bytes depend on changes it; a plan does not."""
    write(
        "mkdocs.yml",
        SEEDED.replace("theme:\n", 'theme:\n  custom_dir: "mine"\n')
        + "  logo: logo.svg\nextra_css: ['brand/a.css']\n",
    )
    write("brand/a.css", "@font-face{src:url(own.woff2)}")
    for name in ("brand/own.woff2", "logo.svg", "mine/assets/x.css", "plans/a.yaml"):
        write(name, "a")
    write("mine/partials/footer.html", "a")
    write("mine/sections/goal.html.jinja", "a")
    before = look_fingerprint(root)
    write("plans/a.yaml", "b")
    assert look_fingerprint(root) == before
    write(changed, (root / changed).read_bytes() + b" ")
    assert look_fingerprint(root) != before


def test_fingerprint_needs_no_mkdocs_and_no_yaml(root: Path) -> None:
    """It is asked at every build, before anything heavy is loaded."""
    code = (
        "import sys; from pathlib import Path;"
        "from mapsite.room.look import look_fingerprint;"
        f"look_fingerprint(Path({str(root)!r}));"
        "print(sorted({'mkdocs', 'yaml', 'jinja2', 'material'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_packaged_theme_is_found_beside_the_package() -> None:
    """In a clone it lies at the top; a wheel carries it inside."""
    assert (theme_folder() / "main.html").is_file()
