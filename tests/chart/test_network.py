"""Who may talk to whom, worked out from the policies as a cluster would, is what the product needs and no more."""

from itertools import product

import pytest

from tests.chart.rendering import Helm, Manifest, named, pods

NEEDED = {
    "frontend": {"api", "ai-coach"},
    "api": {"postgresql", "redis"},
    "ai-coach": {"api", "redis"},
    "worker": {"api", "ai-coach", "redis"},
    "task": {"api", "ai-coach", "redis"},
    "mcp": {"api", "ai-coach", "redis"},
    "backup": {"postgresql"},
    "test": {"api", "ai-coach", "worker", "frontend", "mcp"},
    "postgresql": set(),
    "redis": set(),
}
DOORS = {"frontend", "mcp"}
PORTS = {
    "api": 8000,
    "ai-coach": 8001,
    "worker": 8002,
    "mcp": 8003,
    "frontend": 8080,
    "postgresql": 5432,
    "redis": 6379,
}
PART = "app.kubernetes.io/name"


def policies_of(policies: list[Manifest], labels: dict[str, str]) -> list[Manifest]:
    """Those whose pods these labels are among."""
    return [p for p in policies if p["spec"]["podSelector"].get("matchLabels", {}).items() <= labels.items()]


def allows(rules: list[Manifest], side: str, peer: dict[str, str], port: int) -> bool:
    """Does a rule name that port, and that peer or none at all?"""
    for rule in rules:
        peers = rule.get(side)
        selectors = [each["podSelector"]["matchLabels"] for each in peers or [] if "podSelector" in each]
        is_meant = peers is None or any(selector.items() <= peer.items() for selector in selectors)
        if is_meant and port in [each["port"] for each in rule["ports"]]:
            return True
    return False


def may(policies: list[Manifest], caller: dict[str, str], called: dict[str, str], port: int) -> bool:
    """Do the policies of both sides let it through?"""
    out = [rule for policy in policies_of(policies, caller) for rule in policy["spec"].get("egress", [])]
    into = [rule for policy in policies_of(policies, called) for rule in policy["spec"].get("ingress", [])]
    return allows(out, "to", called, port) and allows(into, "from", caller, port)


def labels(objects: list[Manifest]) -> dict[str, dict[str, str]]:
    """The labels of the pods of every part."""
    return {pod["metadata"]["labels"][PART]: pod["metadata"]["labels"] for _, pod in pods(objects)}


def test_exactly_what_is_needed_is_let_through(everything: list[Manifest]) -> None:
    found, policies = labels(everything), named(everything, "NetworkPolicy")
    assert set(found) == set(NEEDED)
    allowed: dict[str, set[str]] = {part: set() for part in NEEDED}
    for caller, called in product(found, PORTS):
        if may(policies, found[caller], found[called], PORTS[called]):
            allowed[caller].add(called)
    # Where anybody may come in, it is the caller's side that says no.
    assert allowed == NEEDED


def test_every_pod_is_denied_what_it_is_not_allowed(everything: list[Manifest]) -> None:
    (deny,) = named(everything, "NetworkPolicy", "gym-default-deny")
    assert deny["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(deny["spec"])
    for pod in labels(everything).values():
        assert deny in policies_of([deny], pod)


def test_only_the_doors_are_open_to_anybody(helm: Helm) -> None:
    def doors(values: Manifest) -> set[str]:
        policies = named(helm.objects({"mcp": {"enabled": True}, **values}), "NetworkPolicy")
        is_open = [p for p in policies if any("from" not in rule for rule in p["spec"].get("ingress") or [])]
        return {policy["spec"]["podSelector"]["matchLabels"][PART] for policy in is_open}

    peers = [{"ipBlock": {"cidr": "192.0.2.0/24"}}]
    assert doors({}) == DOORS
    assert doors({"frontend": {"allowFrom": peers}}) == {"mcp"}


def test_who_reads_metrics_may_come_in(everything: list[Manifest]) -> None:
    for part in ("api", "ai-coach", "worker"):
        (policy,) = named(everything, "NetworkPolicy", f"gym-{part}")
        peers = [peer for rule in policy["spec"]["ingress"] for peer in rule["from"]]
        assert {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}} in peers


def test_who_reads_metrics_comes_to_nothing_else(everything: list[Manifest], helm: Helm) -> None:
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    peers = [{"ipBlock": {"cidr": "192.0.2.0/24"}}]
    narrow = helm.objects(
        {"global": {"networkPolicy": {"metricsFrom": [monitoring]}}, "frontend": {"allowFrom": peers}}
    )
    for objects, part in ((everything, "postgresql"), (everything, "redis"), (narrow, "frontend")):
        (policy,) = named(objects, "NetworkPolicy", f"gym-{part}")
        rules = [rule for rule in policy["spec"]["ingress"] if rule["ports"][0]["port"] == PORTS[part]]
        assert rules
        assert monitoring not in [peer for rule in rules for peer in rule["from"]], part


def test_exporters_beside_the_databases_are_for_metrics_alone(helm: Helm) -> None:
    monitoring = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    on = {"metrics": {"enabled": True}}
    for peers, expected in (([], []), (monitoring, [monitoring])):
        values = {"global": {"networkPolicy": {"metricsFrom": peers}}, "postgresql": on, "redis": on}
        objects = helm.objects(values)
        for part, port in (("postgresql", 9187), ("redis", 9121)):
            (policy,) = named(objects, "NetworkPolicy", f"gym-{part}")
            ports = [(rule["ports"][0]["port"], rule["from"]) for rule in policy["spec"]["ingress"]]
            assert [found for at, found in ports if at == port] == expected


def out_of(helm: Helm, part: str, values: Manifest) -> list[Manifest]:
    """The rules by which a part goes out to addresses, not to pods."""
    (policy,) = named(helm.objects(values), "NetworkPolicy", f"gym-{part}")
    return [rule for rule in policy["spec"]["egress"] if any("ipBlock" in peer for peer in rule.get("to", []))][1:]


def test_the_coach_gets_out_only_with_a_key_and_never_into_private_networks(helm: Helm) -> None:
    assert out_of(helm, "ai-coach", {}) == []
    llm = {"existingSecret": "llm"}
    (rule,) = out_of(helm, "ai-coach", {"ai-coach": {"llm": llm}})
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]
    assert out_of(helm, "ai-coach", {"ai-coach": {"llm": llm | {"egress": {"enabled": False}}}}) == []


def test_the_coach_gets_out_by_ipv6_and_not_into_private_networks_either(helm: Helm) -> None:
    llm = {"existingSecret": "llm", "egress": {"cidrs": ["0.0.0.0/0", "::/0"]}}
    (rule,) = out_of(helm, "ai-coach", {"ai-coach": {"llm": llm}})
    four, six = (peer["ipBlock"] for peer in rule["to"])
    assert "10.0.0.0/8" in four["except"]
    assert six["except"] == ["fc00::/7", "fe80::/10"]
    assert not set(four["except"]) & set(six["except"])


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("http://collector.monitoring:4318", 4318),
        ("http://192.0.2.7", 80),
        ("https://otel2", 443),
        ("http://[2001:db8::7]:4318", 4318),
        ("http://[2001:db8::7]", 80),
    ],
)
def test_traces_go_to_the_port_of_their_address(helm: Helm, endpoint: str, port: int) -> None:
    (policy,) = named(helm.objects({"global": {"tracing": {"endpoint": endpoint}}}), "NetworkPolicy", "gym-api")
    (rule,) = (rule for rule in policy["spec"]["egress"] if "to" not in rule)
    assert rule["ports"] == [{"protocol": "TCP", "port": port}]


def test_databases_elsewhere_are_reached_at_their_addresses_alone(helm: Helm) -> None:
    secrets = {"database": "a", "redis": "b"}
    database = {"host": "db.example.org", "port": 5433, "cidrs": ["192.0.2.7/32"]}
    cache = {"host": "redis.example.org", "cidrs": ["192.0.2.8/32"]}
    off = {"postgresql": {"enabled": False}, "redis": {"enabled": False}}
    values = {**off, "global": {"database": database, "redisServer": cache, "secrets": secrets}}
    first, second = out_of(helm, "api", values)
    assert first["ports"] == [{"protocol": "TCP", "port": 5433}]
    assert first["to"] == [{"ipBlock": {"cidr": "192.0.2.7/32"}}]
    assert second["to"] == [{"ipBlock": {"cidr": "192.0.2.8/32"}}]


def test_they_can_be_left_out(helm: Helm) -> None:
    assert named(helm.objects({"global": {"networkPolicy": {"enabled": False}}}), "NetworkPolicy") == []
