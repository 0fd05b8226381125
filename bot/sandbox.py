"""Starts a command that can do nothing but compute: no network, no process, no file written, within limits.

`bot.command` runs this file as a program, in an interpreter without site packages, so it imports little. What it sets
holds for good, for the command that takes its place too. A seccomp filter refuses system calls; it needs no root and no
user namespace. Landlock, where the kernel has it, leaves only programs, libraries and the working folder to be read.

Where no process can be started their number needs no RLIMIT_NPROC, which counts those of the whole user.
"""

import ctypes
import os
import resource
import signal
import stat
import struct
import sys
from collections.abc import Iterator
from typing import NoReturn

UNPROTECTED, MISSING = b"unprotected: ", b"missing: "  # what may stand in the status file

_X86_64, _AARCH64 = 0xC000003E, 0xC00000B7  # AUDIT_ARCH_* of <linux/audit.h>
_ARCHITECTURES = {"x86_64": (_X86_64, 0), "aarch64": (_AARCH64, 1), "arm64": (_AARCH64, 1)}
_NONE = -1  # no such call on the architecture

# System calls by number on x86_64 and aarch64 (<asm/unistd.h>).
_NETWORK = ((41, 198), (425, 425))  # socket, io_uring_setup: a ring opens sockets past any filter
_PROCESSES = ((57, _NONE), (58, _NONE))  # fork, vfork
_CLONE, _CLONE3 = (56, 220), (435, 435)
_OTHERS = (  # what reaches into other processes, the kernel or memory that no limit counts
    (101, 117),  # ptrace
    (310, 270),  # process_vm_readv
    (311, 271),  # process_vm_writev
    (200, 130),  # tkill
    (129, 138),  # rt_sigqueueinfo
    (297, 240),  # rt_tgsigqueueinfo
    (424, 424),  # pidfd_send_signal
    (438, 438),  # pidfd_getfd
    (321, 280),  # bpf
    (298, 241),  # perf_event_open
    (323, 282),  # userfaultfd
    (248, 217),  # add_key
    (249, 218),  # request_key
    (250, 219),  # keyctl
    (319, 279),  # memfd_create
    (447, 447),  # memfd_secret
    (29, 194),  # shmget
    (68, 186),  # msgget
    (240, 180),  # mq_open
    (272, 97),  # unshare
    (308, 268),  # setns
    (165, 40),  # mount
    (166, 39),  # umount2
    (161, 51),  # chroot
    (155, 41),  # pivot_root
    (428, 428),  # open_tree
    (429, 429),  # move_mount
    (430, 430),  # fsopen
)
_TO_OURSELVES = ((62, 129), (234, 131))  # kill, tgkill: the first argument is the process
_LIMIT_OF = (302, 261)  # prlimit64: 0 is the caller
_WRITING = (  # what changes files by their names
    (85, _NONE),  # creat
    (437, 437),  # openat2, whose flags a filter cannot see
    (304, 265),  # open_by_handle_at
    (76, 45),  # truncate
    (82, _NONE),  # rename
    (264, 38),  # renameat
    (316, 276),  # renameat2
    (83, _NONE),  # mkdir
    (258, 34),  # mkdirat
    (84, _NONE),  # rmdir
    (87, _NONE),  # unlink
    (263, 35),  # unlinkat
    (86, _NONE),  # link
    (265, 37),  # linkat
    (88, _NONE),  # symlink
    (266, 36),  # symlinkat
    (133, _NONE),  # mknod
    (259, 33),  # mknodat
    (90, _NONE),  # chmod
    (91, 52),  # fchmod
    (268, 53),  # fchmodat
    (452, 452),  # fchmodat2
    (92, _NONE),  # chown
    (93, 55),  # fchown
    (94, _NONE),  # lchown
    (260, 54),  # fchownat
    (188, 5),  # setxattr
    (189, 6),  # lsetxattr
    (190, 7),  # fsetxattr
    (463, 463),  # setxattrat
    (197, 14),  # removexattr
    (198, 15),  # lremovexattr
    (199, 16),  # fremovexattr
    (132, _NONE),  # utime
    (235, _NONE),  # utimes
    (261, _NONE),  # futimesat
    (280, 88),  # utimensat
)
_OPENS = (((2, _NONE), 1), ((257, 56), 2))  # open, openat: which argument holds the flags
_WRITABLE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF, <linux/filter.h>
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_*
_EPERM, _EACCES, _ENOSYS = 1, 13, 38
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 1, 22, 38, 2

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ = 1 | 4 | 8  # execute, read a file, list a folder
_READ_ONE = 1 | 4
_PROGRAMS = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/opt", "/nix/store", "/gnu/store")
_SINGLE = ("/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")

_Step = tuple[int, int, int, int]


def main(arguments: list[str]) -> NoReturn:
    """Limit ourselves, then become the command; where either fails, say why in the status file."""
    status, parent, cpu, memory, file, files, folders = map(int, arguments[:7])
    readable, command = arguments[7 : 7 + folders], arguments[7 + folders :]
    os.set_inheritable(status, False)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    try:
        _die_first()
        _limit(cpu, memory, file, files)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs is refused")  # noqa: TRY301 - one way out for all of them
        _keep_from_reading(libc, (*readable, "."), command[0])
        _filter(libc)
    except (OSError, ValueError, KeyError) as error:
        _say(status, UNPROTECTED, error)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores these two, and a command would inherit that
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606 - what this program is for
    except OSError as error:
        _say(status, MISSING, error)


def _say(status: int, what: bytes, error: Exception) -> NoReturn:
    os.write(status, what + str(error).encode("utf-8", "replace"))
    os._exit(1)


def _die_first() -> None:
    """Where memory is short, have the kernel end us and not the service that waits for us."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is slow to import
        file.write("1000")


def _limit(cpu: int, memory: int, file: int, files: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lowest, lowest))


def _filter(libc: ctypes.CDLL) -> None:
    """Have the kernel refuse the calls of this process from now on."""
    steps = b"".join(struct.pack("HBBI", *step) for step in program(os.uname().machine, os.getpid()))
    buffer = ctypes.create_string_buffer(steps, len(steps))
    described = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(described), 0, 0):
        raise OSError(ctypes.get_errno(), "a seccomp filter is refused")


def program(machine: str, own: int) -> Iterator[_Step]:
    """The filter, in classic BPF; the kernel runs it before each call.

    Raises:
        KeyError: the numbers of this machine's calls are not known.
    """
    architecture, column = _ARCHITECTURES[machine]
    yield from ((_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0))
    if architecture == _X86_64:  # the same calls by other numbers
        yield from ((_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERROR | _EPERM))
    for numbers in (*_NETWORK, *_WRITING):
        yield from _refuse(numbers[column], _EACCES)
    for numbers in (*_PROCESSES, *_OTHERS):
        yield from _refuse(numbers[column], _EPERM)
    yield from _refuse(_CLONE3[column], _ENOSYS)  # its flags are out of sight; who knows it falls back to clone
    yield from _unless(_CLONE[column], 0, _ANY_BIT, _CLONE_THREAD, _EPERM)
    for numbers in _TO_OURSELVES:
        yield from _unless(numbers[column], 0, _EQUAL, own, _EPERM)
    yield from _unless(_LIMIT_OF[column], 0, _EQUAL, 0, _EPERM)
    for numbers, argument in _OPENS:
        yield from _if_any(numbers[column], argument, _WRITABLE, _EACCES)
    yield (_RETURN, 0, 0, _ALLOW)


def _refuse(number: int, error: int) -> tuple[_Step, ...]:
    return () if number == _NONE else ((_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | error))


def _unless(number: int, argument: int, test: int, value: int, error: int) -> tuple[_Step, ...]:
    """Refuse the call unless the low half of its argument passes the test."""
    if number == _NONE:
        return ()
    return (
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, 16 + 8 * argument),
        (test, 0, 1, value),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | error),
    )


def _if_any(number: int, argument: int, bits: int, error: int) -> tuple[_Step, ...]:
    """Refuse the call where its argument has any of the bits."""
    if number == _NONE:
        return ()
    return (
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, 16 + 8 * argument),
        (_ANY_BIT, 0, 1, bits),
        (_RETURN, 0, 0, _ERROR | error),
        (_RETURN, 0, 0, _ALLOW),
    )


def _keep_from_reading(libc: ctypes.CDLL, readable: tuple[str, ...], command: str) -> None:
    """Leave only programs, libraries and these folders to be read; all of it where the kernel lacks Landlock."""
    handled = struct.pack("Q", _READ)
    rules = libc.syscall(_LANDLOCK_CREATE, ctypes.c_char_p(handled), ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return
    for path in (*_PROGRAMS, *_SINGLE, *readable, command):
        _allow(libc, rules, path)
    if libc.syscall(_LANDLOCK_RESTRICT, rules, 0):
        raise OSError(ctypes.get_errno(), "a Landlock rule set is refused")
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # there is nothing to be read
    folder = stat.S_ISDIR(os.fstat(place).st_mode)
    rule = struct.pack("=Qi", _READ if folder else _READ_ONE, place)  # a file refuses the rights of a folder
    libc.syscall(_LANDLOCK_ADD, rules, 1, ctypes.c_char_p(rule), 0)
    os.close(place)


if __name__ == "__main__":
    main(sys.argv[1:])
