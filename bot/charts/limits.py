"""Pure. What fetching charts may take."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """On the clock, of memory and of the cache folder."""

    index: int = 64 * MIB  # bytes; the largest public ones have 20 MiB
    archive: int = 64 * MIB  # bytes, as they are sent
    together: int = 256 * MIB  # bytes of all archives of one fetch
    small: int = 4 * MIB  # bytes of any other answer
    connect: float = 10.0  # seconds
    silence: float = 15.0  # seconds between two pieces of an answer
    answer: float = 45.0  # seconds until an answer is whole
    total: float = 75.0  # seconds of one fetch
    pause: float = 1.0  # seconds before the second and last attempt
    fresh: float = 300.0  # seconds that an index, a list of tags and what a tag means hold
    kept: int = 1024 * MIB  # bytes of the cache folder
    charts: int = 200  # of one fetch
    threads: int = 6  # repositories that are asked at the same time
    pages: int = 50  # of a list of tags
