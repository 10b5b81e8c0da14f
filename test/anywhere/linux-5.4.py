"""Runs a command where Linux has no system calls newer than those of 5.4: they fail with ENOSYS.

Source: seccomp(2); the numbers are those of x86-64, of which clone3 was the last then.
"""

import ctypes
import os
import struct
import sys

LAST = 435
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ENOSYS = 38
LOAD_NUMBER, SKIP_IF_ABOVE, RETURN = 0x20, 0x25, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000

instructions = [(LOAD_NUMBER, 0, 0, 0), (SKIP_IF_ABOVE, 1, 0, LAST), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO | ENOSYS)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in instructions))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
    sys.exit(f"seccomp: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
