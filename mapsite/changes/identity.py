"""Who a suggestion says it is from, and what is known of that."""

from __future__ import annotations

from collections.abc import Iterator

from mapsite.changes.suggestion import Sender, Suggestion
from mapsite.changes.visible import Tree, maps_of
from mapsite.git.writing import Person
from mapsite.plan.source import parse


def author_of(by: Sender, raw: bytes) -> Person:
    """Return whom a commit to the plan *raw* names as its author.

    Anybody can write any address. None of the seller's is taken, as a forge shows the
    face of whoever it belongs to.
    """
    theirs = set(map(_domain, _of_seller(parse(raw, "").data())))
    known = by.email and _domain(by.email) not in theirs
    return Person(by.name, by.email if known else None)


def vouched(suggestion: Suggestion) -> str:
    """Say who has checked whom *suggestion* is from; it tells no address."""
    source, email = suggestion.source, suggestion.by.email
    sent_from = source.sender.rpartition("<")[2].rstrip(">") if source else ""
    if not sent_from:
        return "nobody has checked who sent it"
    if email and email.lower() != sent_from.lower():
        return "the mail came from another address than the one that it gives"
    if source and source.grade:
        return "the mail server vouches for the address that it came from"
    return "nobody has checked the address that it came from"


def _of_seller(tree: Tree) -> Iterator[str]:
    """Yield the addresses of the seller's people."""
    seller = tree.get("seller")
    told = [seller.get("contact")] if isinstance(seller, dict) else []
    told += [one.get("email") for one in maps_of(tree.get("people")) if _is_seller(one)]
    yield from (text for text in told if isinstance(text, str))


def _is_seller(person: Tree) -> bool:
    return person.get("side") != "buyer"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
