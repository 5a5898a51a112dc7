"""How much one sender may send, and who a sender is when a proxy stands between."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

_MINUTE = 60.0
_HOUSEHOLD = 64
"""Bits of an IPv6 address that one line gets; behind them, all is one sender."""


class Rates:
    """Let each sender send so many a minute, all at once or one after another."""

    def __init__(self, per_minute: int, most_known: int = 20_000) -> None:
        """Begin with nobody; who was heard of least lately is forgotten first."""
        self._most = float(per_minute)
        self._most_known = most_known
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, sender: str, now: float) -> float:
        """Count one of *sender* and return 0, or return the seconds to wait.

        *now* is in seconds, by a clock that never goes back.
        """
        left, since = self._left.pop(sender, (self._most, now))
        left = min(self._most, left + (now - since) * self._most / _MINUTE)
        passed = left >= 1
        self._left[sender] = (left - passed, now)
        if len(self._left) > self._most_known:
            self._left.popitem(last=False)
        return 0.0 if passed else (1 - left) * _MINUTE / self._most


def sender_of(
    peer: str | None, forwarded: Sequence[str], proxies: Sequence[Network]
) -> str:
    """Return who sent a request: the nearest address that is none of *proxies*.

    *forwarded* are the values of X-Forwarded-For. Anybody can write such a header, so
    it is read from the right, and only as far as known proxies wrote it.
    """
    sender = _address(peer or "")
    chain = [part for value in forwarded for part in value.split(",")]
    while chain and sender is not None and _is_among(sender, proxies):
        before = _address(chain.pop())
        if before is None:
            break
        sender = before
    return _line(sender)


def is_proxy(peer: str, proxies: Sequence[Network]) -> bool:
    """Tell whether *peer* is one of *proxies*."""
    address = _address(peer)
    return address is not None and _is_among(address, proxies)


def read_network(text: str) -> Network | None:
    """Read an address or a network like ``10.0.0.0/8``; None for anything else."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _is_among(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _line(address: IPv4Address | IPv6Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address.packed, _HOUSEHOLD), strict=False))
    return str(address or "unknown")
