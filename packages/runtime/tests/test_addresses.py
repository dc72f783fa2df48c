"""Whom a rate limit counts as one."""

import pytest
from starlette.requests import Request

from runtime.addresses import client_address


def request_from(client: tuple[str, int] | None) -> Request:
    return Request({"type": "http", "headers": [], "client": client})


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::/64"),
        ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002::/64"),
        ("2001:db8:1:3::1", "2001:0db8:0001:0003::/64"),
        ("::1", "0000:0000:0000:0000::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv4_address_counts_alone_and_an_ipv6_network_together(host: str, counted: str) -> None:
    assert client_address(request_from((host, 50_000))) == counted


def test_a_request_without_a_client_is_unknown() -> None:
    assert client_address(request_from(None)) == "unknown"
