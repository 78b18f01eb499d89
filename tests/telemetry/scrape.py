"""What Prometheus would read."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Values by name and sorted labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(url: str) -> Samples:
    """A real scrape."""
    response = httpx.get(url, trust_env=False, timeout=20)
    assert response.status_code == 200, response.text
    return samples(response.text)


def value(found: Samples, name: str, **labels: str) -> float:
    """The one sample with these labels; 0 if there is none."""
    return found.get((name, tuple(sorted(labels.items()))), 0.0)
