"""Mirrors of repositories on a server: what is asked for, what is kept, what a difficult server leads to."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.checkout import fetching
from bot.checkout.mirrors import GitMirrors
from bot.checkout.repository import open_repository
from bot.checkout.transport import Limits
from bot.errors import Gone, Refused, Transient
from bot.ports import RepoRef
from bot.problem import Problem
from tests.checkout.histories import long_history
from tests.checkout.server import NAME, OWNER, serving
from tests.repositories import Repo

SHOP = RepoRef(OWNER, NAME)
TOKEN = "ghs_12345_correct.horse-battery"
PROSE = "one\n" * 20


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """A repository whose branch `topic` left `main`, and whose `main` went on."""
    made = Repo(tmp_path_factory.mktemp("mirrored") / "origin")
    made.commit("first", {"a.yaml": "a", "apps/b.yml": "b", "logo.bin": "x", "README.md": PROSE})
    made.branch("topic")
    made.commit("topic", {"a.yaml": "a of topic", "README.md": f"{PROSE}end\n"})
    made.checkout("main")
    made.commit("main", {"c.json": "{}", "README.md": f"start\n{PROSE}"})
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return made


@pytest.fixture
def origin(first, tmp_path):
    """A copy of it, for one test."""
    shutil.copytree(first.path, tmp_path / "origin", symlinks=True)
    return Repo(tmp_path / "origin")


@pytest.fixture
def server(origin, tmp_path):
    """The same, served."""
    with serving(origin, tmp_path / "served") as running:
        yield running


@pytest.fixture
def mirrors(server, tmp_path):
    """Mirrors of that server, in a folder `data`."""
    return GitMirrors(tmp_path / "data", web=server.web, limits=Limits(seconds=20))


@pytest.fixture
def pair(origin):
    """Base and head of the pull request, by id."""
    return [origin.sha("main"), origin.sha("topic")]


def contents(path, base, head):
    """What a review reads of the merge, by path; the comparison's Problems under ""."""
    with closing(open_repository(path)) as repository:
        sides = repository.sides(base, head)
        read = repository.read(list(sides.head.files.values()))
        return {file.path: content for file, content in read} | {"": sides.problems}


class TestWhatIsBrought:
    def test_the_mirror_can_be_reviewed_when_the_server_is_gone(self, origin, pair, tmp_path):
        with serving(origin, tmp_path / "served") as server:
            path = GitMirrors(tmp_path / "data", web=server.web).fetch(server.url, "", pair, repo=SHOP)
        found = contents(path, *pair)
        assert found[""] == ()
        assert found["a.yaml"] == b"a of topic"
        assert found["apps/b.yml"] == b"b"
        assert found["c.json"] == b"{}"
        assert found["README.md"] == f"start\n{PROSE}end\n".encode()

    def test_contents_that_no_review_reads_stay_on_the_server(self, mirrors, server, pair):
        assert isinstance(contents(mirrors.fetch(server.url, "", pair, repo=SHOP), *pair)["logo.bin"], Problem)

    def test_all_contents_that_are_missing_are_asked_for_in_one_request(self, mirrors, server, pair, origin):
        mirrors.fetch(server.url, "", pair, repo=SHOP)
        manifests = ["main:a.yaml", "main:apps/b.yml", "main:c.json", "topic:a.yaml"]
        assert sorted(server.wants[0]) == sorted(pair)
        assert sorted(server.wants[1]) == sorted(origin.sha(name) for name in manifests)

    def test_a_change_of_manifests_alone_takes_two_requests_for_objects(self, server, mirrors, origin):
        origin.branch("plain")
        head = origin.commit("plain", {"apps/b.yml": "new"})
        mirrors.fetch(server.url, "", [origin.sha("main"), head], repo=SHOP)
        assert server.fetches == 2

    def test_what_is_here_is_not_asked_for_again(self, mirrors, server, pair):
        first = mirrors.fetch(server.url, "", pair, repo=SHOP)
        before = len(server.requests)
        assert mirrors.fetch(server.url, "", pair, repo=SHOP) == first
        assert len(server.requests) == before

    def test_after_a_push_only_the_new_is_asked_for(self, mirrors, server, pair, origin):
        mirrors.fetch(server.url, "", pair, repo=SHOP)
        server.wants.clear()
        origin.checkout("topic")
        head = origin.commit("again", {"apps/b.yml": "newer"})
        path = mirrors.fetch(server.url, "", [pair[0], head], repo=SHOP)
        assert server.wants == [[head], [origin.sha("topic:apps/b.yml")]]
        assert contents(path, pair[0], head)["apps/b.yml"] == b"newer"

    def test_a_server_that_does_not_filter_is_asked_once(self, mirrors, server, pair, origin):
        origin.git("config", "uploadpack.allowFilter", "false")
        path = mirrors.fetch(server.url, "", pair, repo=SHOP)
        assert server.fetches == 1
        assert contents(path, *pair)["logo.bin"] == b"x"

    def test_what_the_merge_alone_reads_is_brought_too(self, mirrors, server, origin):
        origin.branch("moves", "main")
        origin.write("README.md", f"start\n{PROSE}moved\n")
        origin.move("README.md", "docs/README.md")
        base = origin.commit("moves")
        origin.branch("edits", "main")
        head = origin.commit("edits", {"README.md": f"start now\n{PROSE}"})
        path = mirrors.fetch(server.url, "", [base, head], repo=SHOP)
        assert contents(path, base, head)["docs/README.md"] == f"start now\n{PROSE}moved\n".encode()

    def test_where_base_and_head_conflict_the_point_where_they_parted_is_readable(self, mirrors, server, origin):
        origin.checkout("main")
        base = origin.commit("conflict", {"a.yaml": "a of main"})
        head = origin.sha("topic")
        path = mirrors.fetch(server.url, "", [base, head], repo=SHOP)
        with closing(open_repository(path)) as repository:
            sides = repository.sides(base, head)
            read = {file.path: content for file, content in repository.read(list(sides.base.files.values()))}
        assert [problem.kind for problem in sides.problems] == ["conflict"]
        assert read["a.yaml"] == b"a"

    def test_the_policy_and_what_links_say_are_readable(self, mirrors, server, origin):
        origin.link("d.yaml", "a.yaml")
        base = origin.commit("policy", {".github/routeproof.yml": "version: 1"})
        path = mirrors.fetch(server.url, "", [base], repo=SHOP)
        with closing(open_repository(path)) as repository:
            tree = repository.tree(base)
            (_, policy), *_ = repository.read([tree.files[".github/routeproof.yml"]])
        assert policy == b"version: 1"
        assert tree.links == {"d.yaml": "a.yaml"}

    def test_a_branch_is_asked_for_each_time_since_it_may_have_moved(self, mirrors, server, origin):
        mirrors.fetch(server.url, "", ["refs/heads/main"], repo=SHOP)
        head = origin.commit("moved", {"a.yaml": "moved"})
        path = mirrors.fetch(server.url, "", ["refs/heads/main"], repo=SHOP)
        with closing(open_repository(path)) as repository:
            assert repository.tree("main").revision.sha == head

    def test_submodules_are_left_alone(self, mirrors, server, origin):
        origin.write(".gitmodules", f'[submodule "m"]\n\tpath = m\n\turl = {server.web}/other/m.git\n')
        origin.stage()
        origin.git("update-index", "--add", "--cacheinfo", f"160000,{origin.sha()},m")
        origin.git("commit", "--quiet", "-m", "submodule")
        mirrors.fetch(server.url, "", [origin.sha()], repo=SHOP)
        assert [request for request in server.requests if "other" in request] == []


class TestHistory:
    def test_a_long_history_is_cut(self, mirrors, server, origin):
        origin.git("fast-import", "--quiet", "--force", "--date-format=now", stdin=long_history(400, 399))
        pair = [origin.sha("main"), origin.sha("topic")]
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        assert (path / "shallow").is_file()
        assert server.fetches == 2

    def test_it_is_deepened_until_the_commit_where_the_branches_parted_is_here(self, mirrors, server, origin):
        origin.git("fast-import", "--quiet", "--force", "--date-format=now", stdin=long_history(400, 3))
        pair = [origin.sha("main"), origin.sha("topic")]
        found = contents(mirrors.fetch(server.url, "", pair, repo=SHOP), *pair)
        assert found[""] == ()
        assert found["main.yaml"] == b"400"

    def test_a_nearer_common_commit_beyond_the_cut_is_found(self, mirrors, server, origin, monkeypatch):
        # The cut hides where `main` took over `old`, but not the first commit, which both begin with.
        monkeypatch.setattr(fetching, "DEPTH", 4)
        origin.branch("old", "topic")
        origin.commit("on old", {"o.yaml": "1"})
        shared = origin.commit("shared", {"o.yaml": "2"})
        for number in range(6):
            origin.commit(f"old {number}", {"later.yaml": str(number)})
        head = origin.sha()
        origin.checkout("main")
        base = origin.merge(shared)
        found = contents(mirrors.fetch(server.url, "", [base, head], repo=SHOP), base, head)
        assert found[""] == ()
        assert found["later.yaml"] == b"5"

    def test_branches_without_a_common_commit_are_told_as_such(self, mirrors, server, origin):
        base = origin.sha("main")
        origin.git("checkout", "--quiet", "--orphan", "alone")
        head = origin.commit("alone", {"a.yaml": "alone"})
        (problem,) = contents(mirrors.fetch(server.url, "", [base, head], repo=SHOP), base, head)[""]
        assert "no commit in common" in problem.message


class TestCommitsThatWent:
    def test_a_head_that_was_pushed_over_and_deleted_is_gone(self, mirrors, server, pair):
        server.withheld = pair[1]
        with pytest.raises(Gone, match=pair[1]):
            mirrors.fetch(server.url, "", pair, repo=SHOP)

    def test_the_head_of_a_fork_comes_with_the_pull_request(self, mirrors, server, pair, origin):
        origin.git("update-ref", "refs/pull/7/head", pair[1])
        origin.git("branch", "--quiet", "-D", "topic")
        server.withheld = pair[1]
        path = mirrors.fetch(server.url, "", pair, repo=SHOP, fallback=["refs/pull/7/head"])
        assert contents(path, *pair)["a.yaml"] == b"a of topic"

    def test_where_the_pull_request_is_at_another_commit_by_now_the_head_is_gone(self, mirrors, server, pair, origin):
        origin.git("update-ref", "refs/pull/7/head", pair[0])
        server.withheld = pair[1]
        with pytest.raises(Gone, match=pair[1]):
            mirrors.fetch(server.url, "", pair, repo=SHOP, fallback=["refs/pull/7/head"])

    def test_a_pull_request_that_is_not_there_leaves_the_head_gone(self, mirrors, server, pair):
        server.withheld = pair[1]
        with pytest.raises(Gone, match=pair[1]):
            mirrors.fetch(server.url, "", pair, repo=SHOP, fallback=["refs/pull/7/head"])

    def test_after_a_force_push_the_new_head_is_brought_and_the_old_one_stays_readable(
        self, mirrors, server, pair, origin
    ):
        mirrors.fetch(server.url, "", pair, repo=SHOP)
        origin.git("checkout", "--quiet", "-B", "topic", "main")
        head = origin.commit("rewritten", {"a.yaml": "rewritten"})
        path = mirrors.fetch(server.url, "", [pair[0], head], repo=SHOP)
        assert contents(path, pair[0], head)["a.yaml"] == b"rewritten"
        assert contents(path, *pair)["a.yaml"] == b"a of topic"

    def test_a_branch_that_is_not_there_is_gone(self, mirrors, server):
        with pytest.raises(Gone, match="refs/heads/none"):
            mirrors.fetch(server.url, "", ["refs/heads/none"], repo=SHOP)


class TestServersAndCredentials:
    def test_the_right_token_opens_a_private_repository(self, mirrors, server, pair):
        server.token = TOKEN
        assert contents(mirrors.fetch(server.url, TOKEN, pair, repo=SHOP), *pair)["apps/b.yml"] == b"b"

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_a_wrong_token_is_refused(self, mirrors, server, pair, token):
        server.token = TOKEN
        with pytest.raises(Refused, match="does not let us read"):
            mirrors.fetch(server.url, token, pair, repo=SHOP)

    def test_the_token_is_in_no_argument_file_or_message(self, mirrors, server, pair, tmp_path, monkeypatch):
        real = next(
            Path(folder) / "git"
            for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
            if (Path(folder) / "git").exists()
        )
        spy = tmp_path / "spy" / "git"
        spy.parent.mkdir()
        spy.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec {real} "$@"\n')
        spy.chmod(0o755)
        monkeypatch.setenv("PATH", f"{spy.parent}:/usr/bin:/bin")
        mirrors.fetch(server.url, TOKEN, pair, repo=SHOP)
        server.status = 403
        with pytest.raises(Refused) as refused:
            mirrors.fetch(server.url, TOKEN, ["refs/heads/main"], repo=SHOP)
        assert all(server.credentials)
        written = [file.read_bytes() for file in tmp_path.glob("data/**/*") if file.is_file()]
        said = [(tmp_path / "arguments").read_bytes(), str(refused.value).encode(), *written]
        assert b"fetch" in said[0]
        assert [text for text in said if b"correct.horse" in text or b"eC1hY2Nl" in text] == []

    def test_a_server_that_never_answers_is_given_up_in_time(self, server, pair, tmp_path):
        server.stalls = True
        mirrors = GitMirrors(tmp_path / "data", web=server.web, limits=Limits(seconds=0.5))
        started = time.monotonic()
        with pytest.raises(Transient, match=r"did not send all in 0\.5 s"):
            mirrors.fetch(server.url, "", pair, repo=SHOP)
        assert time.monotonic() - started < 3

    def test_a_server_that_is_silent_for_too_long_is_given_up(self, server, pair, tmp_path):
        server.stalls = True
        mirrors = GitMirrors(tmp_path / "data", web=server.web, limits=Limits(seconds=20, silence=1))
        with pytest.raises(Transient, match="cannot be reached"):
            mirrors.fetch(server.url, "", pair, repo=SHOP)

    def test_a_server_that_is_down_may_be_up_later(self, pair, tmp_path):
        mirrors = GitMirrors(tmp_path / "data", web="http://127.0.0.1:1")
        with pytest.raises(Transient, match="cannot be reached"):
            mirrors.fetch("http://127.0.0.1:1/acme/shop.git", "", pair, repo=SHOP)

    @pytest.mark.parametrize(
        ("status", "error"), [(403, Refused), (404, Gone), (429, Transient), (500, Transient), (503, Transient)]
    )
    def test_what_the_server_answers_decides_whether_another_try_helps(self, mirrors, server, pair, status, error):
        server.status = status
        with pytest.raises(error):
            mirrors.fetch(server.url, "", pair, repo=SHOP)

    def test_another_server_is_not_followed_to(self, mirrors, server, pair, origin, tmp_path):
        with serving(origin, tmp_path / "other") as other:
            server.moved = other.web
            with pytest.raises(Refused, match="another address"):
                mirrors.fetch(server.url, TOKEN, pair, repo=SHOP)
            assert other.requests == []

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example.com/acme/shop.git",
            "http://github.com/acme/shop.git",
            "https://user:word@github.com/acme/shop.git",
            "https://github.com/",
            "ext::sh -c id",
            "file:///etc",
            "-u/acme",
            "https://github.com/acme/shop.git\nx",
        ],
    )
    def test_git_talks_to_no_other_server_than_the_one_that_is_set(self, tmp_path, pair, url):
        with pytest.raises(Refused, match=r"https://github\.com only"):
            GitMirrors(tmp_path / "data").fetch(url, TOKEN, pair, repo=SHOP)

    @pytest.mark.parametrize(
        "ref", ["--upload-pack=id", "main", "refs/heads/a..b", "refs/heads/x\ny", "refs/routeproof/a", ""]
    )
    def test_only_commit_ids_and_whole_names_are_asked_for(self, mirrors, server, ref):
        with pytest.raises(Refused, match="Not commits or refs"):
            mirrors.fetch(server.url, "", [ref], repo=SHOP)

    def test_objects_that_git_does_not_accept_are_refused(self, mirrors, server, origin):
        blob = origin.git("hash-object", "-w", "--stdin", stdin=b"x")
        tree = origin.git(
            "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=b"100644 .git\0" + bytes.fromhex(blob)
        )
        commit = origin.git("commit-tree", tree, "-m", "hostile")
        origin.git("update-ref", "refs/heads/hostile", commit)
        with pytest.raises(Refused, match="does not accept"):
            mirrors.fetch(server.url, "", [commit], repo=SHOP)


class TestOnDisk:
    def test_names_from_outside_lead_to_no_other_folder(self, server, pair, mirrors, tmp_path):
        path = Path(mirrors.fetch(server.url, "", pair, repo=RepoRef("..", "../..\\x\n")))
        assert path.relative_to(tmp_path / "data").parts[1:] == ("%2E.", "%2E.%2F..%5Cx%0A.git")

    def test_upper_case_makes_no_second_mirror(self, server, pair, mirrors):
        assert mirrors.fetch(server.url, "", pair, repo=RepoRef("ACME", "Shop")) == mirrors.fetch(
            server.url, "", pair, repo=SHOP
        )

    def test_the_longest_unused_mirror_goes_when_there_is_too_much(self, server, pair, tmp_path):
        now = iter(range(1000, 100_000, 1000))
        limits = Limits(total_bytes=60_000, rest=1500)
        mirrors = GitMirrors(tmp_path / "data", web=server.web, limits=limits, clock=lambda: next(now))
        server.repo.commit("big", {"big.yaml": "\n".join(f"{number * 7919 % 10007}" for number in range(8000))})
        commits = [server.repo.sha("main")]
        paths = [
            Path(mirrors.fetch(server.url, "", commits, repo=RepoRef(OWNER, name))) for name in ("one", "two", "three")
        ]
        assert [path.is_dir() for path in paths] == [False, True, True]

    def test_a_mirror_in_use_stays_however_much_there_is(self, server, pair, tmp_path):
        mirrors = GitMirrors(tmp_path / "data", web=server.web, limits=Limits(total_bytes=1))
        paths = [Path(mirrors.fetch(server.url, "", pair, repo=RepoRef(OWNER, name))) for name in ("one", "two")]
        assert [path.is_dir() for path in paths] == [True, True]

    def test_a_removed_repository_leaves_nothing(self, mirrors, server, pair):
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        mirrors.remove(SHOP)
        mirrors.remove(SHOP)
        assert sorted(each.name for each in path.parent.iterdir()) == ["shop.git.lock"]

    def test_all_repositories_of_an_owner_can_be_removed(self, mirrors, server, pair):
        paths = [Path(mirrors.fetch(server.url, "", pair, repo=RepoRef(OWNER, name))) for name in ("one", "two")]
        other = Path(mirrors.fetch(server.url, "", pair, repo=RepoRef("other", NAME)))
        mirrors.remove(RepoRef(OWNER, ""))
        assert [path.is_dir() for path in (*paths, other)] == [False, False, True]

    def test_what_a_killed_deletion_left_is_deleted(self, mirrors, server, pair):
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        left = path.with_name(".old-shop.git.1.2")
        left.mkdir()
        mirrors.fetch(server.url, "", pair, repo=SHOP)
        assert not left.exists()

    def test_a_data_folder_that_cannot_be_written_is_told(self, server, pair, tmp_path):
        (tmp_path / "file").touch()
        mirrors = GitMirrors(tmp_path / "file", web=server.web)
        with pytest.raises(Transient, match="The data folder cannot hold"):
            mirrors.fetch(server.url, "", pair, repo=SHOP)

    def test_a_message_does_not_tell_where_on_the_server_the_mirror_is(self, mirrors, server, pair, tmp_path):
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        shutil.rmtree(path)
        (path / "shallow.lock").mkdir(parents=True)
        with pytest.raises(Transient, match=r"the repository/shallow\.lock") as failed:
            mirrors.fetch(server.url, "", pair, repo=SHOP)
        assert str(tmp_path) not in failed.value.message

    def test_a_repository_past_the_limit_is_refused_and_not_kept(self, server, tmp_path):
        server.repo.commit("big", {"big.yaml": "\n".join(f"{number * 7919 % 100_003}" for number in range(400_000))})
        mirrors = GitMirrors(tmp_path / "data", web=server.web, limits=Limits(mirror_bytes=200_000))
        with pytest.raises(Refused, match="grew past its limit"):
            mirrors.fetch(server.url, "", [server.repo.sha()], repo=SHOP)
        assert list(tmp_path.glob("data/*/*/*.git")) == []

    def test_a_damaged_mirror_is_made_anew(self, mirrors, server, pair):
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        for pack in path.glob("objects/pack/*.pack"):
            pack.chmod(0o644)
            pack.write_bytes(b"garbage")
        (path / "refs" / "heads" / "main").write_text("garbage\n")
        assert contents(mirrors.fetch(server.url, "", pair, repo=SHOP), *pair)["apps/b.yml"] == b"b"

    def test_what_a_killed_process_left_does_no_harm(self, mirrors, server, pair, origin):
        path = Path(mirrors.fetch(server.url, "", pair, repo=SHOP))
        left = [
            path / name
            for name in ("shallow.lock", "packed-refs.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_x")
        ]
        for file in left:
            file.write_text("left")
        origin.checkout("main")
        mirrors.fetch(server.url, "", ["refs/heads/main", origin.commit("next", {"a.yaml": "next"})], repo=SHOP)
        assert [file for file in left if file.exists()] == []

    def test_many_fetches_leave_few_packs(self, mirrors, server, origin, monkeypatch):
        monkeypatch.setattr("bot.checkout.mirror._PACKS", 4)
        origin.checkout("topic")
        for number in range(5):
            head = origin.commit(f"push {number}", {"a.yaml": f"push {number}"})
            path = mirrors.fetch(server.url, "", [origin.sha("main"), head], repo=SHOP)
        assert len(list(Path(path).glob("objects/pack/*.pack"))) <= 4
        assert contents(path, origin.sha("main"), head)["a.yaml"] == b"push 4"

    def test_fetches_at_the_same_time_do_each_other_no_harm(self, mirrors, server, pair, origin):
        others = [[pair[0], origin.commit(f"main {number}", {"m.yaml": str(number)})] for number in range(3)]
        with ThreadPoolExecutor() as pool:
            paths = list(pool.map(lambda refs: mirrors.fetch(server.url, "", refs, repo=SHOP), (pair, *others)))
        assert len(paths) == 4
        assert len(set(paths)) == 1
        assert [contents(paths[0], *refs)["m.yaml"] for refs in others] == [b"0", b"1", b"2"]

    def test_whoever_waits_too_long_for_another_fetch_comes_back_later(self, server, pair, tmp_path):
        limits = Limits(seconds=20)
        server.stalls = True
        slow = GitMirrors(tmp_path / "data", web=server.web, limits=replace(limits, seconds=3))
        quick = GitMirrors(tmp_path / "data", web=server.web, limits=replace(limits, seconds=0.3))
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(slow.fetch, server.url, "", pair, repo=SHOP)
            time.sleep(0.5)
            with pytest.raises(Transient, match="busy"):
                quick.fetch(server.url, "", pair, repo=SHOP)
            with pytest.raises(Transient, match="did not send"):
                waiting.result()
