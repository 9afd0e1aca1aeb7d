"""Webhook guard: https addresses of known robots alone, port 443, public.

The checked IP address is the one that is connected to.
"""

import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import text_fault

IP = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]
LONGEST = 1000  # characters of an address
PORTS = {"https": 443, "http": 80}
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215
NOT_PUBLIC = N_("points to this machine or to a private network")
UNKNOWN_HOST = N_("names an unknown host")
NO_ADDRESS = N_("is not a URL such as https://host/path")
NOT_HTTPS = N_("must begin with https://")
NO_ROBOT = N_("is not an address of a WeCom or DingTalk robot, nor of a host that this installation allows")
OTHER_PORT = N_("must not name another port than 443")
ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")  # as WeCom and DingTalk document them


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes: the resolved and checked address, and the parts of its URL."""

    scheme: str
    host: str
    port: int
    ip: str
    path: str = field(repr=False)  # robots carry their key in it

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def look_up(host: str, port: int) -> list[str]:
    """All addresses of this host, as the machine's resolver says; OSError when there are none."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in addresses))


def target_of(
    url: str, *, hosts: Collection[str] = (), any_webhook: bool = False, resolve: Resolve = look_up
) -> Target:
    """The checked target of this address; Invalid (field `address`) when a webhook may not have it.

    `hosts` are allowed beside those of WeCom and DingTalk. One address of many that is not public refuses them all.
    With `any_webhook` (tests) any host and plain HTTP will do.
    """
    scheme, host, port, path = _parts(url)
    if not any_webhook:
        _check_robot(scheme, host, port, hosts)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError):
        raise invalid("address", UNKNOWN_HOST) from None
    if not addresses:
        raise invalid("address", UNKNOWN_HOST)
    if not any_webhook and not all(map(is_public, addresses)):
        raise invalid("address", NOT_PUBLIC)
    return Target(scheme, host, port, addresses[0], path)


def _check_robot(scheme: str, host: str, port: int, hosts: Collection[str]) -> None:
    if scheme != "https":
        raise invalid("address", NOT_HTTPS)
    if host not in (*ROBOT_HOSTS, *hosts):
        raise invalid("address", NO_ROBOT)
    if port != PORTS["https"]:
        raise invalid("address", OTHER_PORT)


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise invalid("address", NO_ADDRESS) from None
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    is_text = len(url) <= LONGEST and not text_fault(url, limit=LONGEST, lines=False)
    if not (is_plain and is_text and parts.hostname) or "@" in parts.netloc:
        raise invalid("address", NO_ADDRESS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def is_public(text: str) -> bool:
    """Whether this is an address of the public internet, also when it carries one of IPv4 within it."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(address)
    return _is_public(address) if inner is None else _is_public(inner)


def _is_public(address: IP) -> bool:
    is_odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    is_near = address.is_private or address.is_link_local or getattr(address, "is_site_local", False)
    return address.is_global and not is_odd and not is_near


def _carried(address: IP) -> IPv4Address | None:
    """The IPv4 address within a mapped, 6to4, Teredo or NAT64 one."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or address in NAT64_LOCAL:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
