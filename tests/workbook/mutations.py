"""Packages and texts changed at random, by seed: what a broken writer, a bad disk or a bad mind would make of them."""

from __future__ import annotations

import io
import random
import re
import zipfile

_TAG = re.compile(rb"<[^<>]*>")
_VALUE = re.compile(rb'(?<==")[^"]*(?=")|(?<=>)[^<>]+(?=<)')
ODD = (
    b"", b"0", b"-1", b"1", b"x", b"1e999", b"NaN", b"99999999999999999999", b"1048577", b"A0", b"$A$1", b"1A",
    b"XFD1048576", b"A1:XFD1048576", b"A:A", b"#REF!", b"&#xD800;", b"&lt;", b"\xff", b"\x00", b"_x000D_",
    b"=1", b"SUM(A:XFD)", b"INDIRECT(A1)", b"A1", b"S!A1", b"true", b"array", b"shared", b"s", b"str", b"inlineStr",
    "\u202e".encode(), "１".encode(), b"((((((((", b"1+" * 3000, b'REPT("x",32767)', b"OFFSET(A1,1E9,1E9)",
)  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """Change a package in one to four places; the same seed gives the same bytes."""
    pick = random.Random(seed)  # noqa: S311 - a test
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(pick.randint(1, 4)):
        place = pick.randrange(len(parts))
        name, content = parts[place]
        kind = pick.random()
        if kind < 0.05 and len(parts) > 1:
            del parts[place]
        elif kind < 0.08:
            parts[place] = (pick.choice(parts)[0], content)
        elif kind < 0.1:
            parts[place] = (name, pick.choice(parts)[1])
        else:
            parts[place] = (name, mutated_xml(content, pick))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in dict(parts).items():
            archive.writestr(name, content)
    made = bytearray(file.getvalue())
    if pick.random() < 0.05:
        made[pick.randrange(len(made))] ^= 1 << pick.randrange(8)
    return bytes(made)


def mutated_xml(data: bytes, pick: random.Random) -> bytes:
    """Change one part: a value, a tag, a piece."""
    values, tags = list(_VALUE.finditer(data)), list(_TAG.finditer(data))
    kind = pick.random()
    if kind < 0.6 and values:
        found = pick.choice(values)
        return data[: found.start()] + _value(data, values, pick) + data[found.end() :]
    if kind < 0.9 and len(tags) > 1:
        one, other = pick.choice(tags), pick.choice(tags)
        new = pick.choice((b"", one[0] * 2, other[0], one[0].replace(b"/>", b">"), one[0] + b"<!-- -->"))
        return data[: one.start()] + new + data[one.end() :]
    begin = pick.randrange(len(data) + 1)
    end = min(len(data), begin + pick.choice((0, 1, 10, 1000)))
    piece = pick.choice(
        (b"", data[begin:end] * 2, bytes(pick.randrange(256) for _ in range(3)), b"<a>", b"]]>")
    )
    return data[:begin] + piece + data[end:]


def _value(data: bytes, values: list[re.Match[bytes]], pick: random.Random) -> bytes:
    if pick.random() < 0.7:
        return pick.choice(ODD)
    found = pick.choice(values)
    return data[found.start() : found.end()]


def formula(pick: random.Random, names: tuple[str, ...], depth: int = 4) -> str:
    """Write a formula by a grammar that knows the signs of Excel's language, and now and then breaks it."""
    if depth == 0 or pick.random() < 0.3:
        return pick.choice(
            ("1", "1.5E+308", '"x"', '""', "A1", "$A$1", "S!A1", "'S'!A1:B2", "A:A", "1:1", "TRUE", "#N/A", "#REF!",
             "{1,2;3,4}", "XFD1048576", "no_name", "T[c]", "@A1", "A1#", "1048577:1", "[1]S!A1", "%", "'", '"', "\u3000", "１")
        )  # fmt: skip
    inner = [formula(pick, names, depth - 1) for _ in range(pick.randint(0, 3))]
    kind = pick.random()
    if kind < 0.6:
        made = f"{pick.choice(names)}({','.join(inner)})"
    elif kind < 0.9:
        made = pick.choice(("+", "-", "*", "/", "^", "&", "=", "<>", "<=", ":", " ", ",")).join(
            inner or ["1"]
        )
    else:
        made = pick.choice(("-{}", "({})", "{}%", "{{{}}}", "LET(a,{},a)", "LAMBDA(a,{})(1)")).format(
            inner[0] if inner else "1"
        )
    if pick.random() < 0.02:
        cut = pick.randrange(len(made) + 1)
        made = made[:cut] + pick.choice("()\"',;!&\n\t\x01") + made[cut:]
    return made


def mutated_text(text: str, pick: random.Random) -> str:
    """Change a request or a table in some places: signs, lines, values."""
    for _ in range(pick.randint(1, 4)):
        begin = pick.randrange(len(text) + 1)
        end = min(len(text), begin + pick.choice((0, 1, 5, 40)))
        lines = text.splitlines(keepends=True) or [""]
        piece = pick.choice(
            ("", text[begin:end] * 2, '"', "'", ",", ";", "\t", "\n", "[", "]", "=", "{", "-1", "1e999", "nan", "９" * 30,
             "\u202e", "\x00", "\ufeff", "=1+1", "true", "1,5", "万", "9" * 400, pick.choice(lines), "\ud7ff", "[" * 2000)
        )  # fmt: skip
        text = text[:begin] + piece + text[end:]
    return text
