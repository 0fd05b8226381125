"""The sandbox: whatever a command does, it ends, and reaches nothing but its folder."""

import os
import sys

import pytest

from bot.command import Killed, Ran, Reason, run
from bot.renderer import MIB, Limits

LIMITS = Limits(seconds=10, memory=1024 * MIB, output=1 * MIB)
SHORT = Limits(seconds=0.4, memory=1024 * MIB, output=1 * MIB)


def python(code, limits=LIMITS, **more):
    return run([sys.executable, "-I", "-S", "-B", "-c", code], limits, **more)


def reason(result):
    assert isinstance(result, Killed), result
    return result.reason


def refused(result):
    assert isinstance(result, Ran), result
    assert result.code
    return result.stderr.strip().splitlines()[-1].split(":")[0]


def test_a_command_reads_its_input_and_its_files_and_answers():
    result = python(
        "import sys; print(sys.stdin.read() + open('sub/a').read()); print('talk', file=sys.stderr); sys.exit(3)",
        files={"sub/a": b"file"},
        stdin=b"in",
    )
    assert result == Ran(3, b"infile\n", "talk\n")


def test_a_large_input_and_output_do_not_block_each_other():
    result = python("import sys; sys.stdout.write(sys.stdin.read())", Limits(output=40 * MIB), stdin=b"a" * (30 * MIB))
    assert isinstance(result, Ran)
    assert len(result.stdout) == 30 * MIB


def test_it_sees_no_environment_and_an_empty_home(monkeypatch):
    monkeypatch.setenv("ROUTEPROOF_TOKEN", "secret")
    result = python("import os; print(sorted(os.environ), os.listdir(os.environ['HOME']))")
    assert isinstance(result, Ran)
    assert result.stdout == b"['GOMAXPROCS', 'HOME', 'LANG', 'TMPDIR'] []\n"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_no_socket_of_any_family_can_be_opened(family):
    assert refused(python(f"import socket; socket.socket(socket.{family})")) == "PermissionError"


def test_an_asynchronous_ring_which_could_open_sockets_is_refused():
    code = "import ctypes; l = ctypes.CDLL(None, use_errno=True); print(l.syscall(425, 8, 0), ctypes.get_errno())"
    assert python(code) == Ran(0, b"-1 13\n", "")


def test_no_process_can_be_started():
    assert refused(python("import os; os.fork()")) == "PermissionError"
    assert refused(python("import subprocess; subprocess.run(['/bin/true'])")) == "PermissionError"


def test_a_fork_bomb_ends_at_its_first_fork():
    result = run(["/bin/sh", "-c", "b() { b | b & }; b; b; echo alive"], SHORT)
    assert isinstance(result, Ran)
    assert b"alive" not in result.stdout


def test_threads_are_allowed():
    code = "import threading; t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()"
    assert python(code) == Ran(0, b"thread\n", "")


def test_threads_without_end_are_held_by_the_memory_limit():
    code = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()"
    assert reason(python(code, SHORT)) in {Reason.MEMORY, Reason.TIME}


def test_a_command_that_never_ends_is_killed():
    assert reason(python("while True: pass", SHORT)) is Reason.TIME
    assert reason(python("import time; time.sleep(3600)", SHORT)) is Reason.TIME


def test_a_command_that_ignores_signals_is_killed():
    code = (
        "import signal\n"
        "for n in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(n, signal.SIG_IGN)\n"
        "while True: pass"
    )
    assert reason(python(code, SHORT)) is Reason.TIME


def test_a_command_that_stops_itself_is_killed():
    assert reason(python("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", SHORT)) is Reason.TIME


def test_a_command_in_a_session_of_its_own_is_killed_all_the_same():
    assert (
        reason(python("import os, time\ntry: os.setsid()\nexcept OSError: pass\ntime.sleep(3600)", SHORT))
        is Reason.TIME
    )


def test_closing_the_output_does_not_hide_the_command():
    assert reason(python("import os, time; os.close(1); os.close(2); time.sleep(3600)", SHORT)) is Reason.TIME


def test_output_without_end_is_cut_off():
    assert reason(python("while True: print('a' * 65536)")) is Reason.OUTPUT
    assert reason(python("import sys\nwhile True: print('a' * 65536, file=sys.stderr)")) is Reason.OUTPUT
    assert (
        reason(run(["/bin/sh", "-c", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done"], LIMITS))
        is Reason.OUTPUT
    )


def test_output_whose_errors_are_ignored_ends_with_the_time():
    code = "import os\nwhile True:\n  try: os.write(1, b'a' * 65536)\n  except OSError: pass"
    assert reason(python(code, SHORT)) in {Reason.TIME, Reason.OUTPUT}


def test_more_memory_than_allowed_is_told_as_such():
    assert reason(python("x = bytearray(2 << 30)")) is Reason.MEMORY


def test_a_crash_is_told_as_such():
    assert reason(python("import os; os.abort()")) is Reason.CRASHED


@pytest.mark.parametrize(
    "code",
    [
        "open('new', 'w')",
        "open('/tmp/new', 'w')",
        "open('given', 'a')",
        "import os; os.mkdir('new')",
        "import os; os.remove('given')",
        "import os; os.rename('given', 'other')",
        "import os; os.symlink('/etc/passwd', 'link')",
        "import os; os.link('given', 'other')",
        "import os; os.chmod('given', 0o777)",
        "import os; os.truncate('given', 0)",
        "import os; os.utime('given')",
        "import os; os.memfd_create('x')",
        "import tempfile; tempfile.TemporaryFile()",
    ],
)
def test_no_file_can_be_written(code):
    assert refused(python(code, files={"given": b"x"})) in {"PermissionError", "FileNotFoundError"}


def test_no_other_process_can_be_signalled_or_limited():
    assert refused(python(f"import os; os.kill({os.getpid()}, 0)")) == "PermissionError"
    assert refused(python("import os; os.kill(-1, 0)")) == "PermissionError"
    code = f"import resource; resource.prlimit({os.getpid()}, resource.RLIMIT_NOFILE, (8, 8))"
    assert refused(python(code)) == "PermissionError"


def test_limits_cannot_be_raised_again():
    result = python("import resource; print([resource.getrlimit(n)[1] for n in (9, 1, 7)])")
    assert isinstance(result, Ran)
    assert result.stdout == f"[{1024 * MIB}, {MIB + 1}, 256]\n".encode()


def landlock():
    import ctypes

    return ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


@pytest.mark.skipif(not landlock(), reason="this kernel has no Landlock")
def test_files_outside_of_the_folder_are_not_read(tmp_path):
    (tmp_path / "secret").write_text("secret")
    assert refused(python("open('/etc/passwd')")) == "PermissionError"
    assert refused(python(f"open({str(tmp_path / 'secret')!r})")) == "PermissionError"
    assert refused(python("open('/proc/self/environ')")) == "PermissionError"
    allowed = python(f"print(open({str(tmp_path / 'secret')!r}).read())", readable=[str(tmp_path)])
    assert allowed == Ran(0, b"secret\n", "")


def test_a_program_that_is_not_there_is_said():
    assert reason(run(["/nowhere/helm"], LIMITS)) is Reason.MISSING


@pytest.mark.parametrize(
    "files",
    [
        {"../out": b""},
        {"/etc/out": b""},
        {"a/../../out": b""},
        {"": b""},
        {"a": b"", "a/b": b""},
        {"n" * 300: b""},
        {"a\x00b": b""},
        {"\ud800": b""},
    ],
)
def test_files_that_cannot_be_written_are_said(files):
    assert reason(run(["/bin/true"], LIMITS, files=files)) is Reason.FILES


def test_names_that_are_not_utf_8_are_kept():
    assert python("import os; print(os.listdir())", files={"caf\udce9": b""}) == Ran(0, b"['caf\\udce9']\n", "")


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    python("while True: pass", SHORT, files={"a/b/c": b"x"})
    assert list(tmp_path.iterdir()) == []


def test_the_filter_knows_both_architectures_and_no_other():
    from bot.sandbox import program

    assert len(list(program("x86_64", 1))) > len(list(program("aarch64", 1))) > 100
    with pytest.raises(KeyError):
        list(program("mips", 1))


def test_the_jumps_of_the_filter_stay_within_it():
    from bot.sandbox import program

    steps = list(program("x86_64", 1))
    assert all(index + 1 + max(step[1], step[2]) < len(steps) for index, step in enumerate(steps[:-1]))
