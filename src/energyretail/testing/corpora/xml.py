"""Hostile XML: entities, bombs, depth, inclusion, encodings, and files that are no XML."""

from __future__ import annotations

from typing import Final

from energyretail.testing.corpora.hostile import Hostile

__all__ = ["hostile_documents"]

_DOCTYPE: Final = "xml.doctype"
_MALFORMED: Final = "xml.malformed"
_DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8'?>"


def hostile_documents(
    document: str = "<a>{text}</a>",
    *,
    secret: str = "file:///etc/passwd",
    server: str = "http://127.0.0.1:9",
) -> tuple[Hostile, ...]:
    """Return attacks built around `document`, a sound message with one place for ``{text}``.

    `secret` is the URI of a file that must not be read, `server` an address nobody may visit.
    """
    return (
        *_with_doctype(document, secret, server),
        *_bombs(document),
        *_inclusions(document, secret, server),
        *_broken(document),
    )


def _whole(document: str, *, prolog: str = "", text: str = "a") -> bytes:
    return (_DECLARATION + prolog + document.format(text=text)).encode()


def _with_doctype(document: str, secret: str, server: str) -> tuple[Hostile, ...]:
    path = secret.removeprefix("file://")

    def entity(name: str, declared: str, why: str, *, text: str = "&x;") -> Hostile:
        prolog = f"<!DOCTYPE x [{declared}]>"
        return Hostile(name, _whole(document, prolog=prolog, text=text), why, _DOCTYPE)

    utf16 = _whole(document, prolog=f"<!DOCTYPE x [<!ENTITY x SYSTEM '{path}'>]>", text="&x;")
    return (
        entity("xxe_file", f"<!ENTITY x SYSTEM '{path}'>", "shows a file by its path"),
        entity("xxe_uri", f"<!ENTITY x SYSTEM '{secret}'>", "shows a file by its URI"),
        entity("xxe_http", f"<!ENTITY x SYSTEM '{server}/x'>", "has us visit an address"),
        entity(
            "xxe_parameter",
            f"<!ENTITY % p SYSTEM '{server}/p'> %p;",
            "fetches declarations, though the text names no entity",
            text="a",
        ),
        entity("default_attribute", "<!ATTLIST a b CDATA 'c'>", "adds what nobody wrote", text="a"),
        entity("internal_entity", "<!ENTITY x 'y'>", "writes text in another place"),
        Hostile(
            "external_dtd",
            _whole(document, prolog=f"<!DOCTYPE x SYSTEM '{server}/x.dtd'>"),
            "has us fetch a DTD",
            _DOCTYPE,
        ),
        Hostile(
            "public_dtd",
            _whole(document, prolog=f"<!-- first --><!DOCTYPE x PUBLIC '-//X' '{secret}'>"),
            "has us read a file as a DTD, behind a comment",
            _DOCTYPE,
        ),
        Hostile(
            "bare_doctype", _whole(document, prolog="<!DOCTYPE x>"), "opens the door", _DOCTYPE
        ),
        Hostile(
            "utf16_doctype",
            utf16.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
            "hides the DOCTYPE from whoever looks for its bytes",
            _DOCTYPE,
        ),
    )


def _bombs(document: str) -> tuple[Hostile, ...]:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    quadratic = f"<!DOCTYPE x [<!ENTITY q '{'q' * 20_000}'>]>"
    return (
        Hostile(
            "billion_laughs",
            _whole(document, prolog=f"<!DOCTYPE x [<!ENTITY l0 'ha'>{laughs}]>", text="&l9;"),
            "grows a kilobyte to gigabytes",
            _DOCTYPE,
        ),
        Hostile(
            "quadratic",
            _whole(document, prolog=quadratic, text="&q;" * 20_000),
            "grows 80 kB to 400 MB with no entity inside another",
            _DOCTYPE,
        ),
        Hostile(
            "depth",
            _whole(document, text="<a>" * 100_000 + "</a>" * 100_000),
            "overflows the stack of whoever walks it",
            _MALFORMED,
        ),
    )


def _inclusions(document: str, secret: str, server: str) -> tuple[Hostile, ...]:
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{secret}'/>"
    return (
        Hostile("xinclude", _whole(document, text=include), "shows a file without a DOCTYPE"),
        Hostile(
            "stylesheet_and_wrong_root",
            f"<?xml-stylesheet href='{server}/style'?><html/>".encode(),
            "has a browser fetch a style; is no message at all",
        ),
    )


def _broken(document: str) -> tuple[Hostile, ...]:
    sound = _whole(document)

    def broken(name: str, content: bytes, why: str) -> Hostile:
        return Hostile(name, content, why, _MALFORMED)

    return (
        broken("empty", b"", "is nothing"),
        broken("blank", b" \n\t", "is nothing to see"),
        broken("nul", b"\x00", "ends a text for whoever writes C"),
        broken("nul_inside", _whole(document, text="a\x00b"), "ends a text in its middle"),
        broken("control_character", _whole(document, text="\x08"), "is no character of XML"),
        broken("truncated", sound[:-3], "is a file cut off while it was sent"),
        broken("twice", sound + sound, "is two files one after the other"),
        broken("no_such_entity", _whole(document, text="&nope;"), "names what nobody declared"),
        broken(
            "unknown_encoding", sound.replace(b"UTF-8", b"x-evil"), "asks for a codec nobody has"
        ),
        broken(
            "wrong_encoding",
            _whole(document, text="Ñ").decode().encode("iso-8859-1"),
            "says UTF-8 and is Latin-1",
        ),
        broken("zip", b"PK\x03\x04" + bytes(60), "is an archive that was never opened"),
        broken("gzip", b"\x1f\x8b\x08" + bytes(200), "is compressed"),
        broken("html_error_page", b"<html><p>502 Bad Gateway<br></html>", "is a proxy's apology"),
    )
