"""Edge: what the service counts, for Prometheus."""

from collections.abc import Callable, Iterable, Mapping

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from bot.web.patience import Patience

log = structlog.get_logger(__name__)

CONTENT_TYPE = CONTENT_TYPE_LATEST

Waiting = Callable[[], Mapping[str, int]]


class Metrics:
    """Counters of one process. Labels take few values: nothing that a stranger sends becomes one."""

    def __init__(self, waiting: Waiting | None = None) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._deliveries = Counter(
            "routeproof_deliveries",
            "Requests to the webhook endpoint, by event and what became of them.",
            ("event", "outcome"),
            registry=self._registry,
        )
        self._answered = Histogram(
            "routeproof_delivery_seconds",
            "From the request to the answer, storing included.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10),
            registry=self._registry,
        )
        self._jobs = Counter(
            "routeproof_jobs", "Jobs that ended, by kind and outcome.", ("kind", "outcome"), registry=self._registry
        )
        self._worked = Histogram(
            "routeproof_job_seconds",
            "From a worker taking a job to its end.",
            ("kind",),
            buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900),
            registry=self._registry,
        )
        if waiting is not None:
            self._registry.register(_Queue(waiting))

    def delivered(self, event: str, outcome: str, seconds: float) -> None:
        """A request to the webhook endpoint was answered."""
        self._deliveries.labels(event, outcome).inc()
        self._answered.observe(seconds)

    def settled(self, kind: str, outcome: str, seconds: float) -> None:
        """A job ended."""
        self._jobs.labels(kind, outcome).inc()
        self._worked.labels(kind).observe(seconds)

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Queue(Collector):
    """Asks the queue when it is looked at; without an answer the gauge is missing, which says more than a zero."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._patience = Patience(1.0, 1)

    def describe(self) -> Iterable[Metric]:
        return ()  # registering must not ask the queue

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("routeproof_queue_jobs", "Jobs that are not ended, by state.", labels=("state",))
        try:
            states = self._patience.call(self._waiting)
        except Exception:
            log.exception("the queue does not say how much there is to do")
            return ()
        for state, count in sorted(states.items()):
            gauge.add_metric((state,), count)
        return (gauge,)
