"""What was fetched is kept between runs, by any number of processes at once."""

import os
import subprocess
import sys
import zlib
from pathlib import Path

from bot.charts.kept import Index, Kept
from tests.charts.packed import digest, packed

MANY = 1 << 30
FILL = """
import sys
from pathlib import Path
from bot.charts.kept import Index, Kept, digest_of
kept = Kept(Path(sys.argv[1]), 2000)
for turn in range(150):
    data = b"x" * 400 + bytes([turn % 7])
    kept.keep_archive(digest_of(data), data)
    assert kept.archive(digest_of(data)) in {None, data}
    kept.keep_index(Index("https://a", float(turn), bytes(300)))
    found = kept.index("https://a")
    assert found is None or len(found.packed) == 300
"""


def test_an_archive_is_found_by_its_digest(tmp_path: Path) -> None:
    data = packed("1.0.0")
    Kept(tmp_path / "charts", MANY).keep_archive(digest(data), data)
    assert Kept(tmp_path / "charts", MANY).archive(digest(data)) == data
    assert Kept(tmp_path / "charts", MANY).archive(digest(b"another")) is None


def test_without_a_folder_nothing_is_kept() -> None:
    kept = Kept(None, MANY)
    kept.keep_archive(digest(b"a"), b"a")
    kept.keep_index(Index("https://a", 0.0, b""))
    assert kept.archive(digest(b"a")) is None
    assert kept.index("https://a") is None


def test_what_was_altered_is_not_used(tmp_path: Path) -> None:
    kept = Kept(tmp_path, MANY)
    kept.keep_archive(digest(b"good"), b"good")
    next(tmp_path.glob("*.tgz")).write_bytes(b"evil")
    assert kept.archive(digest(b"good")) is None


def test_an_index_is_found_by_its_address(tmp_path: Path) -> None:
    kept = Kept(tmp_path, MANY)
    index = Index("https://a/index.yaml", 5.0, zlib.compress(b"text"), '"tag"', "yesterday")
    kept.keep_index(index)
    assert kept.index("https://a/index.yaml") == index
    assert kept.index("https://b/index.yaml") is None
    next(tmp_path.glob("*.index")).write_bytes(b"\xc1 odd")
    assert kept.index("https://a/index.yaml") is None


def test_an_index_that_is_damaged_or_too_large_has_no_text() -> None:
    packed_text = zlib.compress(b"x" * 1000)
    assert Index("", 0.0, packed_text).text(1000) == b"x" * 1000
    assert Index("", 0.0, packed_text).text(999) is None
    assert Index("", 0.0, packed_text[:-5]).text(1000) is None
    assert Index("", 0.0, b"odd").text(1000) is None


def test_what_was_not_used_for_longest_goes(tmp_path: Path) -> None:
    kept = Kept(tmp_path, 250)
    first, second, third = b"1" * 100, b"2" * 100, b"3" * 100
    kept.keep_archive(digest(first), first)
    kept.keep_archive(digest(second), second)
    for place, file in enumerate(sorted(tmp_path.iterdir(), key=lambda each: each.read_bytes())):
        os.utime(file, (1000 + place, 1000 + place))
    assert kept.archive(digest(first)) == first  # used, and so the newest
    kept.keep_archive(digest(third), third)
    assert kept.archive(digest(first)) == first
    assert kept.archive(digest(second)) is None


def test_what_an_ended_process_left_goes_in_time(tmp_path: Path) -> None:
    (tmp_path / ".part-old").write_bytes(b"half")
    os.utime(tmp_path / ".part-old", (1000, 1000))
    (tmp_path / "other").write_bytes(b"not ours")
    os.utime(tmp_path / "other", (1000, 1000))
    Kept(tmp_path, MANY).keep_archive(digest(b"a"), b"a")
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix != ".tgz") == ["other"]


def test_a_folder_that_cannot_be_used_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    kept = Kept(tmp_path / "file", MANY)
    kept.keep_archive(digest(b"a"), b"a")
    assert kept.archive(digest(b"a")) is None


def test_a_place_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / f"{digest(b'a').removeprefix('sha256:')}.tgz").mkdir()
    kept = Kept(tmp_path, MANY)
    kept.keep_archive(digest(b"a"), b"a")
    assert kept.archive(digest(b"a")) is None
    assert [each.is_dir() for each in tmp_path.iterdir()] == [True]


def test_the_folder_is_a_person_s_own(tmp_path: Path) -> None:
    Kept(tmp_path / "charts", MANY).keep_archive(digest(b"a"), b"a")
    assert (tmp_path / "charts").stat().st_mode & 0o777 == 0o700


def test_two_processes_fill_one_folder(tmp_path: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", FILL, str(tmp_path)]) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    assert not list(tmp_path.glob(".part-*"))
