"""A repository with pull requests, and what a child process makes of them."""

from pathlib import Path

from bot.jobs.request import ReviewResult
from bot.reporter.markers import SUMMARY, finding_marker
from bot.reporter.outgoing import ChatFinding, ChatVerdict, CheckOutput, DiffLines, LineComment
from tests.repositories import Repo

INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: SERVICE, port: {number: 80}}}
"""
TLS = """  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
"""
LINES = DiffLines({"shop.yaml": frozenset(range(1, 20))}, {"shop.yaml": frozenset(range(1, 20))})


def shop(service: str = "web", *, secured: bool = True) -> str:
    """The shop's Ingress."""
    text = INGRESS.replace("SERVICE", service)
    return text if secured else text.replace(TLS, "")


def repository(path: Path) -> tuple[Repo, str]:
    """A repository whose main branch has the shop, and the commit."""
    repo = Repo(path)
    return repo, repo.commit("first", {"shop.yaml": shop()})


def pushed(repo: Repo, base: str, name: str, text: str) -> str:
    """A head on a branch of that name, from the base."""
    repo.git("checkout", "--quiet", "-B", name, base)
    return repo.commit(name, {"shop.yaml": text})


def result(*findings: str, summary: str = "one route changes", conclusion: str = "failure") -> ReviewResult:
    """A review with these findings, each named by one hexadecimal digit, commented on its own line."""
    prints = [each * 32 for each in findings]
    return ReviewResult(
        conclusion=conclusion,
        line="1 route changes",
        output=CheckOutput("1 route changes", "What changes."),
        comments=tuple(
            LineComment("shop.yaml", number, "RIGHT", f"Finding {each[0]}\n\n{finding_marker(each)}")
            for number, each in enumerate(prints, start=1)
        ),
        summary=f"{SUMMARY}\n{summary}\n" if summary else "",
        all_clear=f"{SUMMARY}\nall clear\n",
        fingerprints=frozenset(prints),
        chat=ChatVerdict(
            conclusion, "1 route changes", tuple(ChatFinding("tls-removed", "high", each, "") for each in prints)
        ),
    )
