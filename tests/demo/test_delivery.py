"""The delivery of the sample pull request is one that the service accepts."""

from bot.catalogue import config_folder
from bot.demo.pull import FULL_NAME, NUMBER, delivery, pull_of
from bot.demo.sample import TITLE, sample
from bot.github_app.delivery import read_delivery, verify
from bot.github_app.events import read
from bot.github_app.reading import Terms
from bot.job import Kind


def test_its_signature_fits_and_it_asks_for_a_review():
    base, head = sample(config_folder())
    pull = pull_of(base, head, TITLE, ("a" * 40, "b" * 40))
    headers, body = delivery(pull, "secret", "guid-1")
    assert verify((b"secret",), body, headers["X-Hub-Signature-256"])
    assert not verify((b"other",), body, headers["X-Hub-Signature-256"])
    (job,) = read(read_delivery(headers, body), Terms())
    assert (job.kind, str(job.repo), job.number) == (Kind.REVIEW, FULL_NAME, NUMBER)


def test_only_files_that_differ_are_of_the_pull_request():
    base, head = sample(config_folder())
    pull = pull_of(base, head, TITLE, ("a" * 40, "b" * 40))
    assert [file.path for file in pull.files] == sorted(
        path for path, content in head.files.items() if base.files.get(path) != content
    )
