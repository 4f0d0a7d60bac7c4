"""Headers that extensions include in any case, and of which it is not known what has them: hints.

Not those that come with compilers, C libraries, Python and build requirements, nor those that look
as if the build writes them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from packaging.utils import canonicalize_name

from ..pypi.model import IncludedHeader, Source
from .included_headers import may_fetch, spec_of
from .native import Hint

#: Folders of C libraries, of Linux and of compilers; and of CPython
#: (https://github.com/python/cpython/tree/main/Include).
_FOLDERS = {
    "arpa", "asm", "bits", "experimental", "ext", "gnu", "linux", "mach", "machine", "net",
    "netinet", "netpacket", "rpc", "scsi", "sys", "tr1", "cpython", "internal",
}  # fmt: skip
#: Headers of C libraries and compilers, and of CPython, without ``.h``.
_OF_C = (
    "aio alloca altivec arm_neon assert byteswap complex cpio cpuid crypt ctype cxxabi dirent "
    "dlfcn elf emmintrin endian err errno error execinfo fcntl features fenv float fnmatch "
    "ftw getopt glob grp iconv ifaddrs immintrin inttypes iso646 langinfo libgen libintl "
    "limits link locale malloc math memory mntent monetary netdb nl_types nmmintrin omp paths "
    "pmmintrin poll pthread pty pwd quadmath regex resolv sched search semaphore setjmp "
    "signal smmintrin spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib "
    "stdnoreturn string strings stropts syscall sysexits syslog tar termio termios tgmath "
    "threads time tmmintrin uchar ucontext ulimit unistd unwind utime utmp utmpx values wait "
    "wchar wctype wmmintrin wordexp x86intrin xmmintrin "
)
_OF_PYTHON = (
    "abstract boolobject bytearrayobject bytesobject cellobject ceval code codecs compile "
    "complexobject datetime descrobject dictobject fileobject fileutils floatobject "
    "frameobject funcobject genobject import intobject intrcheck iterobject listobject "
    "longintrepr longobject marshal memoryobject methodobject modsupport moduleobject node "
    "object objimpl opcode osdefs osmodule patchlevel pycapsule pyconfig pyerrors pyexpat "
    "pyframe pyhash pylifecycle pymacro pymath pymem pyport pystate pystrtod Python pythonrun "
    "pythread rangeobject setobject sliceobject stringobject structmember structseq sysmodule "
    "token traceback tupleobject typeslots unicodeobject warnings weakrefobject "
)
_NAMES = {*_OF_C.split(), *_OF_PYTHON.split()}
#: Build requirements by the folders in which their headers are, where these have another name.
_OF_REQUIREMENTS = {"ATen": "torch", "c10": "torch", "fortranobject": "numpy", "sip": "sip"}
#: What is written by the build.
_WRITTEN = re.compile(r"config|generated|version|cmake|autogen|_api\.h$", re.I)


def unknown_headers(source: Source, names: Collection[str]) -> tuple[Hint, ...]:
    """Hints, one for each folder or header, given the names of the build requirements; none where
    the build `may_fetch` them."""
    if may_fetch(source):
        return ()
    found: dict[str, Hint] = {}
    for each in source.headers:
        folder, _, rest = each.header.partition("/")
        name = folder if rest else re.sub(r"\.h(h|pp|xx|\+\+)?$", "", folder)
        if not _is_there(each, name, names) and spec_of(each.header) is None:
            text = f"includes {each.header}"
            found.setdefault(name, Hint(name, each.path, each.line, text))
    return tuple(found.values())


def _is_there(included: IncludedHeader, name: str, names: Collection[str]) -> bool:
    """Whether a header is always there, or comes with a build requirement."""
    has_folder = "/" in included.header
    if name == included.header or _WRITTEN.search(included.header):  # <vector>
        return True
    if name in (_FOLDERS if has_folder else _NAMES):
        return True
    needed = canonicalize_name(_OF_REQUIREMENTS.get(name, name))
    return any(needed == each or needed in each.split("-") for each in names)
