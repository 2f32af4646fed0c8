"""Turns into a PostgreSQL program: `python launcher.py UID GID DIRECTORY PROGRAM ARGUMENT…`.

Run as a script by a fresh interpreter, so that no Python runs between fork and exec of a threaded process.
The program gets a session of its own (a terminal's Ctrl-C does not reach it) and no open file but the standard ones.

PostgreSQL refuses to run as root. Root therefore becomes UID:GID first; where that account cannot reach DIRECTORY or
PROGRAM (a clone under /root), it keeps the one capability that lets it. docs/decisions/0003 says why.
"""

import ctypes
import os
import signal
import sys

# linux/capability.h and linux/prctl.h
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2


def main(uid: int, gid: int, directory: str, command: list[str]) -> None:
    """Executes `command`; returns, by PermissionError, only where no way of doing so is allowed."""
    os.setsid()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    for ignored_by_python in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored_by_python, signal.SIG_DFL)
    if os.geteuid() != uid:
        become(uid, gid)
        # access(2) asks for the account alone: it leaves capabilities aside.
        if not (os.access(command[0], os.X_OK) and os.access(directory, os.R_OK | os.W_OK | os.X_OK)):
            execute_with_a_capability(command)
    os.execv(command[0], command)  # noqa: S606


def become(uid: int, gid: int) -> None:
    """Root becomes uid:gid. On Linux its capabilities stay permitted, but none stays in effect."""
    if sys.platform == "linux":
        system_call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def execute_with_a_capability(command: list[str]) -> None:
    """Executes with the smaller capability if that is enough, else with the larger; returns if neither is."""
    # READ_SEARCH passes any folder. OVERRIDE also executes a file of root's alone, and is the one containers have.
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        try:
            keep(capability)
            os.execv(command[0], command)  # noqa: S606
        except PermissionError:
            continue


def keep(capability: int) -> None:
    """Makes `capability` the only one that is in effect, and the only one that outlives exec.

    Raises PermissionError where the process is not permitted it.
    """
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: of the low 32 capabilities, then of the high
    system_call("capget", header, sets)
    sets[0] = sets[2] = 1 << capability
    sets[3] = sets[5] = 0
    system_call("capset", header, sets)
    system_call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def system_call(name: str, *arguments: object) -> None:
    """Calls libc; raises the OSError of its errno."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
    except OSError as error:
        sys.exit(f"cannot execute {sys.argv[4]} as uid {sys.argv[1]}: {error.strerror}")
