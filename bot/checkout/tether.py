"""A program: `python tether.py ROPE LOCK COMMAND...` runs a command that does not outlive whoever asked for it.

Git that talks to a server may take minutes, and has helpers of its own. ROPE is the reading end of a pipe whose other
end the worker alone holds, so it ends with the worker, however that dies; all of our process group is killed then.
Until it is, the file LOCK stays open: nobody else takes the mirror before. It is started by its path and imports next
to nothing, since it runs before each fetch. The kernel's signal for a dead parent would reach git, not its helpers.
"""

import os
import signal
import sys
import threading


def main(rope: int, lock: int, command: list[str]) -> int:
    """Run the command to its end; its exit code. The caller made us the leader of a process group."""
    for mine in (rope, lock):
        os.set_inheritable(mine, False)
    threading.Thread(target=_end_with, args=(rope,), daemon=True).start()
    child = os.posix_spawnp(command[0], command, os.environ)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def _end_with(rope: int) -> None:
    os.read(rope, 1)  # nobody writes: it returns when the other end is closed
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
