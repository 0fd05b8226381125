"""Readings kept between runs; whatever is wrong with the place where they are kept, the cache is empty."""

import os
import sqlite3

import pytest

from bot.checkout.cache import BlobCache
from bot.ports import TreeFile
from bot.reading import NOTHING, Reading
from tests.builders import ingress

DAY = 86400
A, B = TreeFile("a.yaml", "a" * 40), TreeFile("apps/b.yaml", "b" * 40)
WEB = Reading(ingresses=(ingress("web", "shop.example.com"),))


def _key(file):
    return file.path, file.blob


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def test_what_was_stored_is_known_in_the_next_run(folder):
    BlobCache(folder).store([(A, WEB), (B, NOTHING)])
    cache = BlobCache(folder)
    assert cache.load([A, B]) == {_key(A): WEB, _key(B): NOTHING}
    assert (cache.hits, cache.misses) == (2, 0)


def test_another_blob_or_another_path_is_another_reading(folder):
    cache = BlobCache(folder)
    cache.store([(A, WEB)])
    asked = [A, TreeFile("a.yaml", "c" * 40), TreeFile("moved.yaml", A.blob)]
    assert cache.load(asked) == {_key(A): WEB}
    assert (cache.hits, cache.misses) == (1, 2)


def test_another_reader_does_not_know_it(folder):
    BlobCache(folder, "one").store([(A, WEB)])
    assert BlobCache(folder, "two").load([A]) == {}
    assert BlobCache(folder, "one").load([A]) == {_key(A): WEB}


def test_a_newer_reading_takes_the_place_of_the_old(folder):
    cache = BlobCache(folder)
    cache.store([(A, NOTHING)])
    cache.store([(A, WEB)])
    assert cache.load([A]) == {_key(A): WEB}


def test_paths_may_hold_any_text(folder):
    odd = [
        TreeFile(path, "a" * 40) for path in ('q"uote\n.yaml', "täb\t.yaml", "a:b.yaml", "\x01.yaml", "\U0001f600.yaml")
    ]
    cache = BlobCache(folder)
    cache.store([(file, WEB) for file in odd])
    assert cache.load(odd) == {_key(file): WEB for file in odd}


def test_nothing_asked_is_nothing_known(folder):
    cache = BlobCache(folder)
    cache.store([])
    assert cache.load([]) == {}
    assert not folder.exists()


def test_without_a_folder_nothing_is_kept():
    cache = BlobCache(None)
    cache.store([(A, WEB)])
    assert cache.load([A]) == {}
    assert (cache.hits, cache.misses) == (0, 1)


def test_the_folder_is_for_the_person_alone(folder):
    BlobCache(folder).store([(A, WEB)])
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"no database at all" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_an_empty_cache_that_mends_itself(folder, content):
    folder.mkdir()
    (folder / "readings-1.sqlite3").write_bytes(content)
    cache = BlobCache(folder, "1")
    assert cache.load([A]) == {}
    cache.store([(A, WEB)])
    cache.store([(A, WEB)])
    assert cache.load([A]) == {_key(A): WEB}


def test_damage_inside_is_an_empty_cache_that_mends_itself(folder):
    BlobCache(folder, "1").store([(TreeFile(f"{number}.yaml", "a" * 40), WEB) for number in range(500)])
    file = folder / "readings-1.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)
    cache = BlobCache(folder, "1")
    assert cache.load([A]) == {}
    cache.store([(A, WEB)])
    cache.store([(A, WEB)])
    assert cache.load([A]) == {_key(A): WEB}


def test_a_value_that_is_no_reading_is_not_known(folder):
    BlobCache(folder, "1").store([(A, WEB), (B, WEB)])
    with sqlite3.connect(folder / "readings-1.sqlite3") as database:
        database.execute("UPDATE kept SET value = ? WHERE key LIKE 'a%'", (b"\x93planted",))
        database.execute("UPDATE kept SET value = 'text' WHERE key LIKE 'b%'")
    database.close()
    assert BlobCache(folder, "1").load([A, B]) == {}


def test_a_locked_file_is_an_empty_cache(folder):
    BlobCache(folder, "1").store([(A, WEB)])
    other = sqlite3.connect(folder / "readings-1.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    cache = BlobCache(folder, "1")
    cache.store([(B, WEB)])
    other.execute("ROLLBACK")
    other.close()
    assert cache.load([A, B]) == {_key(A): WEB}


def test_a_folder_that_cannot_be_made_is_an_empty_cache(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = BlobCache(tmp_path / "file" / "cache")
    cache.store([(A, WEB)])
    assert cache.load([A]) == {}


def test_a_folder_in_place_of_the_file_is_an_empty_cache(folder):
    (folder / "readings-1.sqlite3").mkdir(parents=True)
    cache = BlobCache(folder, "1")
    cache.store([(A, WEB)])
    assert cache.load([A]) == {}


def test_what_nobody_asked_for_in_long_is_forgotten(folder):
    BlobCache(folder, "1", clock=lambda: 0.0).store([(A, WEB), (B, WEB)])
    BlobCache(folder, "1", clock=lambda: 50.0 * DAY).load([A])
    BlobCache(folder, "1", clock=lambda: 70.0 * DAY).store([(TreeFile("c.yaml", "c" * 40), WEB)])
    assert BlobCache(folder, "1").load([A, B]) == {_key(A): WEB}


def test_the_file_never_grows_past_its_limit(folder):
    limit = 400_000
    cache = BlobCache(folder, "1", limit=limit)
    for number in range(6):
        cache.store([(TreeFile(f"{number}/{each}.yaml", "a" * 40), WEB) for each in range(150)])
    (file,) = folder.glob("*.sqlite3")
    assert file.stat().st_size < 2 * limit
    kept = cache.load([TreeFile(f"5/{each}.yaml", "a" * 40) for each in range(150)])
    assert kept


def test_a_limit_that_holds_nothing_keeps_nothing(folder):
    cache = BlobCache(folder, "1", limit=0)
    cache.store([(A, WEB)])
    assert cache.load([A]) == {}


def test_files_of_readers_that_nobody_uses_are_deleted(folder):
    BlobCache(folder, "old").store([(A, WEB)])
    BlobCache(folder, "recent").store([(A, WEB)])
    os.utime(folder / "readings-old.sqlite3", (0, 0))
    (folder / "something-else").write_text("not ours")
    BlobCache(folder, "new").store([(A, WEB)])
    assert sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))) == [
        "readings-new.sqlite3",
        "readings-recent.sqlite3",
        "something-else",
    ]
