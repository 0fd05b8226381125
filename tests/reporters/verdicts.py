"""Verdicts made by hand for the reporters' tests: typical, empty, problems only, hostile, huge; and an audit."""

from dataclasses import replace

from bot.diff.change import Change, ChangeKind, RouteChange
from bot.finding import Confidence, Edit, Finding, Fix, ObjectRef, Place, Severity, State
from bot.problem import Problem, ProblemKind
from bot.reporter import Context
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.request import Request
from bot.routing.table import Claim, Match
from bot.source import Location, Side, Span
from bot.verdict import Audit, Conclusion, Revision, Route, Stats, Verdict

SHOP = ObjectRef("Ingress", "shop", "shop", "networking.k8s.io/v1")
BASE = Revision("main", "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d")
HEAD = Revision("feature", "5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80")
NOT_FOUND = Answer(AnswerKind.NONE, status=404, why="No rule names this host, and there is no default backend.")

SHOP_BEFORE = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/verify
spec:
  ingressClassName: nginx
  rules: []
"""
SHOP_AFTER = """\
apiVersion: networking.k8s.io/v1
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
          - path: /admin
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
"""

CONTEXT = Context(
    sources={
        (Side.HEAD, "apps/shop/ingress.yaml"): SHOP_AFTER,
        (Side.BASE, "apps/shop/ingress.yaml"): SHOP_BEFORE,
    },
    docs_url="https://docs.example.org/rules",
    width=100,
    tool_version="0.1.0",
    replay="routeproof route {url} --repo . --rev 5d6e7f8",
)


def backend(name: str, why: str = "", **treatment: str) -> Answer:
    """A request that reaches a Service."""
    at = Location("apps/shop/ingress.yaml", Span(15, 13, 21, 28))
    return Answer(AnswerKind.BACKEND, name, treatment=Treatment(**treatment), ingress=SHOP, at=at, why=why)


def route(
    host: str,
    path: str,
    before: Answer,
    after: Answer,
    match: Match = Match.PREFIX,
    excepted: tuple[str, ...] = (),
    *,
    complete: bool = True,
    cluster: str = "production",
) -> RouteChange:
    """A route change with a witness on its own path."""
    witness = Request(host, path or "/")
    return RouteChange(cluster, "kubernetes", "nginx", host, path, match, excepted, complete, witness, before, after)


def claim(host: str, path: str, service: str, cluster: str = "production", match: Match = Match.PREFIX) -> Route:
    """A row of the table of routes."""
    answer = backend(service, tls="shop-tls")
    return Route(
        cluster,
        "kubernetes",
        "nginx",
        Claim(host, path, match, answer, SHOP, "apps/shop/ingress.yaml", Span(15, 13, 21, 28)),
    )


PROTECTION_LOST = Finding(
    rule="protection-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    message="`GET https://shop.example.com/admin` now reaches `shop/web:80` without sign-in; "
    "before, `auth-url` guarded it.",
    subject="auth-url",
    places=(Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(15, 19, 15, 25))),),
    remedy="Keep `nginx.ingress.kubernetes.io/auth-url`, or say in the pull request that `/admin` is to be open.",
    related=(Location("apps/shop/ingress.yaml", Span(7, 5, 7, 74), Side.BASE),),
    evidence=(1,),
)
SECRET_SHARED = Finding(
    rule="tls-secret-changed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="`shop.example.com` is now served with the certificate in `shop-tls`; nothing in the repository makes it.",
    subject="host shop.example.com",
    places=(
        Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(10, 19, 10, 27))),
        Place(ObjectRef("Ingress", "shop", "api", "networking.k8s.io/v1"), "production", None),
        Place(ObjectRef("Ingress", "shop", "img", "networking.k8s.io/v1"), "production", None),
    ),
    remedy="Add a Certificate for it, or name `shop/shop-tls` under `elsewhere: secrets:` in the policy.",
    fix=Fix(
        "Use the certificate that exists", (Edit("apps/shop/ingress.yaml", Span(10, 19, 10, 27), "shop-example-tls"),)
    ),
)
UNSURE = Finding(
    rule="backend-missing",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    message="`https://www.example.com/` leads to `shop/web`; no Service of that name is in the repository.",
    subject="shop/web",
    places=(Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(19, 23, 19, 26))),),
)
EXISTING = Finding(
    rule="tls-missing",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    message="`old.example.com` is served without TLS.",
    subject="host old.example.com",
    places=(Place(ObjectRef("Ingress", "shop", "old"), "production", Location("apps/old.yaml", Span(4, 1, 4, 9))),),
    state=State.EXISTING,
)
FIXED = Finding(
    rule="class-missing",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    message="No controller is named for `shop/shop`.",
    subject="class",
    places=(Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(9, 3, 9, 26), Side.BASE)),),
    state=State.FIXED,
)
TEMPLATE = Problem(
    ProblemKind.TEMPLATE,
    "The chart's template can only be read by Helm; what it routes is unknown.",
    "Rendered manifests in the repository would be read.",
    Location("apps/blog/templates/ingress.yaml", Span(3, 1, 3, 20)),
    touched=True,
)

TYPICAL = Verdict(
    base=BASE,
    head=HEAD,
    compared="merge",
    conclusion=Conclusion.FAILURE,
    fail_on=Severity.HIGH,
    changes=(
        Change(
            ChangeKind.ANNOTATION_REMOVED,
            "nginx.ingress.kubernetes.io/auth-url",
            "https://auth.example.com/verify",
            None,
            Severity.HIGH,
            SHOP,
            "production",
            Location("apps/shop/ingress.yaml", Span(7, 5, 7, 74), Side.BASE),
        ),
        Change(
            ChangeKind.HOST_ADDED, "new.example.com", None, "new.example.com", Severity.MEDIUM, SHOP, "production", None
        ),
    ),
    routes=(
        route("new.example.com", "/", NOT_FOUND, backend("shop/web:80", "The rule of the host.", tls="shop-tls")),
        route(
            "shop.example.com",
            "/admin",
            backend("shop/admin:80", auth="https://auth.example.com/verify", tls="shop-tls"),
            backend(
                "shop/web:80", "The path `/admin` of the Ingress shop/shop is the longest that matches.", tls="shop-tls"
            ),
            excepted=("/admin/health", "/admin/metrics", "/admin/ping", "/admin/ready"),
        ),
        route("old.example.com", "/legacy", backend("shop/old:8080"), NOT_FOUND, Match.EXACT),
        route(
            "shop.example.com",
            "/api(/|$)(.*)",
            backend("shop/api:80"),
            Answer(AnswerKind.UNKNOWN, "shop/api-v2:80", why="Only the controller can tell what the expression takes."),
            Match.REGEX,
            complete=False,
        ),
        route("*", "", Answer(AnswerKind.DEFAULT, "shop/fallback:80"), NOT_FOUND, Match.ANY),
    ),
    findings=(PROTECTION_LOST, SECRET_SHARED, EXISTING, FIXED),
    problems=(TEMPLATE,),
    assumptions=("Requests are answered as the Kubernetes API describes it, for class nginx.",),
    migrations=("Migration of 1 host from class nginx to Gateway shop/public: 3 of 4 parts are answered the same.",),
    stats=Stats(41, 0, 12, 13, 8, 9, 30, 11, 0.42),
    unchanged=2,
    neighbours=(
        claim("new.example.com", "/", "shop/web:80"),
        claim("shop.example.com", "/", "shop/web:80"),
        claim("shop.example.com", "/admin", "shop/web:80"),
        claim("shop.example.com", "/cart", "shop/cart:80"),
    ),
)

# The same in three clusters, in two of them beside a change of their own; and what is said with doubt.
CLUSTERS = Verdict(
    base=BASE,
    head=HEAD,
    compared="merge",
    conclusion=Conclusion.SUCCESS,
    fail_on=Severity.HIGH,
    routes=(
        *(
            route("shop.example.com", "/api", backend("shop/api:80"), backend("shop/api-v2:80"), cluster=name)
            for name in ("staging", "production", "testing", "preview", "canary")
        ),
        *(
            route("www.example.com", "/", NOT_FOUND, backend("shop/web:80"), cluster=name)
            for name in ("production", "staging")
        ),
        route("www.example.com", "/", NOT_FOUND, backend("shop/web-next:80"), cluster="testing"),
    ),
    findings=(
        Finding(
            rule="backend-changed",
            severity=Severity.LOW,
            confidence=Confidence.HIGH,
            message="`https://shop.example.com/api` goes to `api-v2:80`; before, it went to `api:80`.",
            subject="shop.example.com/api",
            places=tuple(
                Place(SHOP, name, Location("apps/shop/ingress.yaml", Span(15, 13, 15, 18)))
                for name in ("canary", "preview", "production", "staging", "testing")
            ),
            evidence=(0, 1, 2, 3, 4),
        ),
        UNSURE,
        replace(UNSURE, state=State.EXISTING),
    ),
    stats=Stats(41, 0, 12, 13, 8, 9, 30, 11, 0.42),
    unchanged=1,
    neighbours=(
        claim("shop.example.com", "/", "shop/web:80"),
        claim("www.example.com", "/blog", "shop/blog:80", cluster="testing"),
    ),
)

# Ingresses that go to another class, in two clusters; two findings on one line; and more than one line to show.
CLASSES = Verdict(
    base=BASE,
    head=HEAD,
    compared="merge",
    conclusion=Conclusion.FAILURE,
    fail_on=Severity.HIGH,
    routes=(
        replace(
            route("shop.example.com", "/", backend("shop/web:80"), backend("shop/web:80")), class_before="internal"
        ),
        replace(
            route("shop.example.com", "/admin", backend("shop/admin:80", auth="basic"), backend("shop/admin:80")),
            class_before="",
        ),
        replace(route("www.example.com", "/", NOT_FOUND, backend("shop/www:80")), class_name="internal"),
    ),
    findings=(
        Finding(
            rule="class-changed",
            severity=Severity.HIGH,
            confidence=Confidence.HIGH,
            message="`https://shop.example.com/` is no longer claimed for class `internal`; class `nginx` answers it.",
            subject="class internal to nginx",
            places=(
                Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(7, 3, 7, 26))),
                Place(SHOP, "staging", Location("apps/shop/ingress.yaml", Span(7, 3, 7, 26))),
                Place(ObjectRef("Ingress", "shop", "api"), "staging", Location("apps/api.yaml", Span(7, 3, 7, 26))),
            ),
            related=tuple(
                Location("apps/shop/ingress.yaml", Span(line, 1, line, 5), Side.BASE) for line in range(1, 7)
            ),
            evidence=(0,),
        ),
        Finding(
            rule="class-unknown",
            severity=Severity.LOW,
            confidence=Confidence.HIGH,
            message="No IngressClass `nginx` is in the repository.",
            subject="class nginx",
            places=(Place(SHOP, "production", Location("apps/shop/ingress.yaml", Span(7, 3, 7, 26))),),
        ),
    ),
    problems=(replace(TEMPLATE, touched=False),),
    stats=Stats(41, 0, 12, 12, 8, 8, 30, 11, 0.42),
)

EMPTY = Verdict(BASE, HEAD, "trees", Conclusion.SUCCESS, Severity.HIGH, stats=Stats(40, 0, 12, 12, 8, 8, 0, 0, 0.1))

PROBLEMS = Verdict(
    BASE,
    HEAD,
    "merge",
    Conclusion.NEUTRAL,
    Severity.HIGH,
    problems=(
        Problem(
            ProblemKind.MISSING,
            "A file is not in this partial clone.",
            "Fetch it with `git fetch --refetch`.",
            unit="apps/x",
        ),
        TEMPLATE,
    ),
    stats=Stats(40, 0, 12, 12, 8, 8, 0, 0, 0.1),
)

AUDIT = Audit(
    revision=HEAD,
    conclusion=Conclusion.NEUTRAL,
    fail_on=Severity.MEDIUM,
    routes=(
        claim("*.example.com", "/", "shop/any:80"),
        claim("shop.example.com", "/", "shop/web:80"),
        claim("shop.example.com", "/health", "shop/web:80", match=Match.EXACT),
        claim("", "", "shop/fallback:80", match=Match.ANY),
        claim("shop.example.com", "/", "shop/web:8080", cluster="staging"),
    ),
    findings=(EXISTING, replace(UNSURE, severity=Severity.LOW, state=State.EXISTING)),
    problems=(TEMPLATE,),
    assumptions=("Requests are answered as the Kubernetes API describes it, for class nginx.",),
    stats=Stats(41, 0, 13, 13, 9, 9, 0, 41, 1.25),
)

# Names that try to leave the place they are shown in: HTML, SVG, Markdown, terminals, bidirectional text, shells.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></svg></pre></details><h1>green</h1>",
    "@octocat [click](https://evil.example) ![x](https://evil.example/x.png) #1 owner/repo#2 GH-3",
    "a|b`c``d```e | | **bold** _it_ ~~gone~~ <!-- -->",
    "x\n```\n# head\n- [ ] list\n\n| a |",
    "\x1b[31mred\x1b[0m\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x9b2J",
    "safe\u202egnp.exe\u2066\u200b\ufeff\u00ad",
    "z" + "\u0301" * 40,
    "byte-\udcff-lone-\ud800",
    "$(touch /tmp/x) `id` '; rm -rf / #",
    "{{ 7 * 7 }} {% raw %} :tada: $x$ www.evil.example https://evil.example",
    "long" * 400,
    "",
    "日本語のホスト",
)


def _hostile_place(text: str) -> Place:
    return Place(ObjectRef(text, text, text, text), text, Location(text, Span(1, 3, 1, 40)))


def _hostile_route(text: str) -> RouteChange:
    before = Answer(AnswerKind.BACKEND, text, treatment=Treatment(auth=text, tls=text, rewrite=text), why=text)
    after = Answer(AnswerKind.REDIRECT, status=302, location=text, treatment=Treatment(tls=f"{text}2"), why=text)
    witness = Request(text, text, headers=((text, text), (text, text)))
    return RouteChange(text, text, text, text, text, Match.REGEX, (text, text), False, witness, before, after)


HOSTILE_VERDICT = Verdict(
    base=Revision(HOSTILE[0], ""),
    head=Revision(HOSTILE[3], ""),
    compared="merge",
    conclusion=Conclusion.FAILURE,
    fail_on=Severity.LOW,
    changes=tuple(
        Change(ChangeKind.HOST_ADDED, text, text, text, Severity.LOW, ObjectRef(text, text, text), text, None)
        for text in HOSTILE
    ),
    routes=tuple(_hostile_route(text) for text in HOSTILE),
    findings=tuple(
        Finding(
            "path-conflict",
            Severity.HIGH,
            Confidence.MEDIUM,
            f"`{text}` is claimed twice, by {text}.",
            text,
            (_hostile_place(text), _hostile_place(text)),
            state,
            f"Remove {text} or `{text}`.",
            (Location(text, Span(1, 1, 1, 20), Side.BASE),),
            (index,),
            Fix(text, (Edit(text, Span(1, 1, 1, 1), text),)),
        )
        for index, text in enumerate(HOSTILE)
        for state in (State.INTRODUCED, State.EXISTING)
    ),
    problems=tuple(
        Problem(ProblemKind.UNREADABLE, text, text, Location(text, Span(1, 1, 1, 1)), text, True) for text in HOSTILE
    ),
    assumptions=HOSTILE,
    stats=Stats(files=15),
    neighbours=tuple(
        Route(
            text,
            text,
            text,
            Claim(text, text, Match.PREFIX, backend(text), ObjectRef(text, text, text), text, Span(1, 1, 1, 1)),
        )
        for text in HOSTILE
    ),
)
HOSTILE_AUDIT = Audit(
    HOSTILE_VERDICT.head,
    Conclusion.NEUTRAL,
    Severity.LOW,
    HOSTILE_VERDICT.neighbours,
    HOSTILE_VERDICT.findings,
    HOSTILE_VERDICT.problems,
    HOSTILE,
)
HOSTILE_CONTEXT = Context(
    sources={(side, text): f"{text}\n" for text in HOSTILE for side in Side},
    docs_url="https://docs.example.org/rules",
    replay="routeproof route {url} --repo .",
)

HUGE = Verdict(
    BASE,
    HEAD,
    "merge",
    Conclusion.FAILURE,
    Severity.HIGH,
    routes=tuple(
        route(f"host-{index:04}.example.com", "/", NOT_FOUND, backend(f"team/service-{index % 300}:80"))
        for index in range(5000)
    ),
    findings=tuple(
        Finding(
            "host-exposed",
            Severity.MEDIUM,
            Confidence.HIGH,
            f"`https://host-{index:04}.example.com/` is answered from now on.",
            f"host host-{index:04}.example.com",
            tuple(
                Place(
                    ObjectRef("Ingress", "team", f"i{number}"),
                    "production",
                    Location("apps/all.yaml", Span(9, 1, 9, 5)),
                )
                for number in range(40)
            ),
            evidence=(index,),
        )
        for index in range(1000)
    ),
    problems=tuple(
        Problem(
            ProblemKind.TEMPLATE, "Only Helm can read it.", "Render it.", Location(f"t/{index}.yaml", Span(1, 1, 1, 1))
        )
        for index in range(500)
    ),
    stats=Stats(10_000, 0, 1000, 6000, 900, 5900, 0, 10_000, 2.31),
)
