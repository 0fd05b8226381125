"""Requests go to public addresses, and to those of a company's network where the operator named the host."""

import pytest

from bot.charts.addresses import may_reach
from bot.charts.places import Allowed

ALLOWED = Allowed.of(
    [
        "https://charts.corp.example/",
        "http://127.0.0.1:8080/charts",
        "http://localhost:8080/",
        "https://[::1]/",
        "http://169.254.169.254/",
    ]
)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("140.82.112.3", "github.com", 443),
        ("2606:50c0:8000::153", "org.github.io", 443),
        ("64:ff9b::8c52:7003", "github.com", 443),
        ("10.1.2.3", "charts.corp.example", 443),
        ("192.168.1.1", "charts.corp.example", 443),
        ("fd00::1", "charts.corp.example", 443),
        ("127.0.0.1", "127.0.0.1", 8080),
        ("127.0.0.1", "localhost", 8080),
        ("::1", "localhost", 8080),
        ("::1", "::1", 443),
        ("169.254.169.254", "169.254.169.254", 80),
    ],
)
def test_these_may_be_reached(address: str, host: str, port: int) -> None:
    assert may_reach(address, host, port, ALLOWED)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("10.1.2.3", "github.com", 443),
        ("10.1.2.3", "charts.corp.example", 8443),
        ("127.0.0.1", "charts.corp.example", 443),
        ("127.0.0.1", "127.1", 8080),
        ("127.0.0.1", "127.0.0.1", 22),
        ("::ffff:127.0.0.1", "charts.corp.example", 443),
        ("64:ff9b::7f00:1", "charts.corp.example", 443),
        ("64:ff9b::a00:1", "github.com", 443),
        ("2002:7f00:1::", "github.com", 443),
        ("::127.0.0.1", "github.com", 443),
        ("169.254.169.254", "charts.corp.example", 443),
        ("fe80::1%eth0", "charts.corp.example", 443),
        ("0.0.0.0", "charts.corp.example", 443),
        ("::", "charts.corp.example", 443),
        ("224.0.0.1", "github.com", 443),
        ("255.255.255.255", "github.com", 443),
        ("100.64.0.1", "github.com", 443),
        ("198.51.100.1", "charts.corp.example", 443),
        ("no address", "github.com", 443),
    ],
)
def test_these_may_not(address: str, host: str, port: int) -> None:
    assert not may_reach(address, host, port, ALLOWED)
