"""Webhooks reach public addresses only, however the others are written."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.base.errors import Invalid
from approvals.notifications.webhook_guard import is_public, target_of

REFUSED = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "10.1.2.3", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "0.0.0.0",  # noqa: S104
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::]", "localhost",
]  # fmt: skip


HOSTS = ("robot.example", "good.example", "10.0.0.1")


@pytest.mark.parametrize("host", REFUSED)
def test_what_is_not_public_is_refused_at_entry(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        target_of(f"https://{host}/robot", hosts=[host.strip("[]")])

    assert "points to this machine or to a private network" in str(refused.value)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2400:3200::1", "::1"], ["::ffff:10.0.0.1"]]
)
def test_a_name_that_resolves_to_anything_private_is_refused(addresses: list[str]) -> None:
    with pytest.raises(Invalid):
        target_of("https://robot.example/x", hosts=HOSTS, resolve=lambda _host, _port: addresses)


def test_what_was_checked_is_what_is_connected_to_and_is_looked_up_once() -> None:
    answers = [["8.8.8.8"], ["127.0.0.1"]]  # a name server that changes its mind

    target = target_of("https://robot.example:443/send?key=1", hosts=HOSTS, resolve=lambda _host, _port: answers.pop(0))

    assert (target.ip, target.port, target.host_header) == ("8.8.8.8", 443, "robot.example")
    assert target.path == "/send?key=1"
    assert "key=1" not in repr(target)
    assert len(answers) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://robot.example/", "ftp://robot.example/", "robot.example", "https://", "https:///x", "",
        "https://user:pass@robot.example/", "https://good.example\\@10.0.0.1/", "https://robot.example:99999/",
        "https://robot.example/\r\nHost: x",
        "https://robot.example/a b", "https://机器人.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        target_of(url, hosts=HOSTS, resolve=lambda _host, _port: ["8.8.8.8"])


@pytest.mark.parametrize(
    "url", ["https://oapi.dingtalk.com.evil.example/x", "https://evil.example/oapi.dingtalk.com", "https://8.8.8.8/x"]
)
def test_a_host_that_is_no_robots_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="is not an address of a WeCom or DingTalk robot"):
        target_of(url, hosts=HOSTS, resolve=lambda _host, _port: ["8.8.8.8"])


@pytest.mark.parametrize("host", ["qyapi.weixin.qq.com", "oapi.dingtalk.com", "OAPI.DingTalk.com"])
def test_robots_are_reached_by_port_443_alone(host: str) -> None:
    assert target_of(f"https://{host}/x", resolve=lambda _host, _port: ["8.8.8.8"]).port == 443
    with pytest.raises(Invalid, match="must not name another port"):
        target_of(f"https://{host}:8443/x", resolve=lambda _host, _port: ["8.8.8.8"])


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_judged_alike_however_ipv6_carries_it(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    nat64 = IPv6Address(int(ip_address("64:ff9b::")) + int(address))
    sixtofour = IPv6Address((0x2002 << 112) + (int(address) << 80))

    assert {is_public(str(form)) for form in (mapped, nat64, sixtofour)} == {is_public(str(address))}


@given(st.ip_addresses())
def test_nothing_private_is_public(address: IPv4Address | IPv6Address) -> None:
    if is_public(str(address)):
        assert not address.is_loopback and not address.is_multicast and not address.is_link_local
