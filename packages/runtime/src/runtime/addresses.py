"""Where a request comes from, as rate limits count it."""

from ipaddress import IPv6Address, ip_address

from starlette.requests import Request


def client_address(request: Request) -> str:
    """The client's address. Somebody who has one IPv6 address has its whole /64, so that is what counts."""
    host = request.client.host if request.client else "unknown"
    try:
        ip = ip_address(host)
    except ValueError:
        return host
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else ":".join(ip.exploded.split(":")[:4]) + "::/64"
    return host
