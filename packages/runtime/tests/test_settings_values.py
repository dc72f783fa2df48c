"""Values that several services read the same way: lists, networks, origins, Redis databases."""

import pytest
from pydantic import SecretStr

from runtime.settings import network, origin, redis_database, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a", ["a"]),
        ("a b", ["a b"]),
        (",a,,", ["a"]),
        (" ", []),
        ("", []),
    ],
)
def test_a_list_is_written_with_commas(text: str, words: list[str]) -> None:
    assert split(text) == words


@pytest.mark.parametrize("value", [("a,b", "c"), ["a , b"], None, 7])
def test_what_is_not_text_stays_as_it_is(value: object) -> None:
    assert split(value) is value


@pytest.mark.parametrize("text", ["127.0.0.1", "10.42.0.0/16", "::1", "fd00::/8"])
def test_an_address_or_a_network_is_taken(text: str) -> None:
    assert network(text) == text


@pytest.mark.parametrize("text", ["proxy", "10.42.0.1/16", "10.0.0.0/33", "300.1.1.1", ""])
def test_what_is_no_network_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="neither") as refusal:
        network(text)
    assert str(refusal.value) == f"{text!r} is neither an IP address nor a network such as 10.42.0.0/16"
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://gym.example.org", "https://gym.example.org"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("HTTPS://Gym.Example.org", "https://gym.example.org"),
    ],
)
def test_an_origin_is_compared_in_lower_case(text: str, value: str) -> None:
    assert origin(text) == value


@pytest.mark.parametrize(
    "text",
    ["gym.example.org", "ftp://gym.example.org", "https://", "https://gym.example.org/", "https://a.example?x=1", "*"],
)
def test_what_is_no_origin_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="origin") as refusal:
        origin(text)
    assert str(refusal.value) == f"{text!r} is not an origin such as https://gym.example.org"


@pytest.mark.parametrize(
    ("url", "database", "expected"),
    [
        ("redis://localhost:6379", 2, "redis://localhost:6379/2"),
        ("redis://localhost:6379/0", 2, "redis://localhost:6379/2"),
        ("rediss://user:p%40ss@store:6380/7", 0, "rediss://user:p%40ss@store:6380/0"),
        ("redis://localhost/1?socket_timeout=3", 2, "redis://localhost/2?socket_timeout=3"),
    ],
)
def test_only_the_database_of_a_redis_url_changes(url: str, database: int, expected: str) -> None:
    assert redis_database(SecretStr(url), database) == expected


def test_no_redis_stays_no_redis() -> None:
    assert redis_database(None, 2) is None
