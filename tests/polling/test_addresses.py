"""Which addresses a page may be fetched from."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polling.addresses import ForbiddenAddress, anywhere, public, sockets

INSIDE = [
    "127.0.0.1", "127.8.9.10", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::1", "2002:a00:1::1",
    "2001:db8::1",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_or_nowhere_is_not_public(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_is_public(address: str) -> None:
    assert public(ip_address(address))


@given(st.ip_addresses())
def test_every_address_has_an_answer(address: object) -> None:
    assert public(ip_address(str(address))) in (True, False)
    assert anywhere(ip_address(str(address)))


@pytest.mark.parametrize(
    ("family", "where"),
    [(socket.AF_INET, ("127.0.0.1", 80)), (socket.AF_INET6, ("::1", 80, 0, 0)), (socket.AF_INET6, ("fe80::1%lo", 80))],
)
def test_no_socket_is_opened_to_a_forbidden_address(family: int, where: tuple[object, ...]) -> None:
    with pytest.raises(ForbiddenAddress, match="not an address of the public internet"):
        sockets(public)((family, socket.SOCK_STREAM, 0, "", where))


def test_a_socket_is_opened_to_an_allowed_one() -> None:
    with sockets(anywhere)((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))) as opened:
        assert opened.family is socket.AF_INET
