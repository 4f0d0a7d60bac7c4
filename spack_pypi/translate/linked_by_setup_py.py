"""Native libraries with which setup.py, or a build script of cffi, links an extension in any case.

``Extension("x", ["x.c"], libraries=["gmp"])``, or the name of a list that always has it, cannot be
linked without the library. Those whose package in Spack is certain are written, unless a folder is
named in which a copy may be; others are only hints.
"""

from __future__ import annotations

from collections.abc import Collection

from ..pypi.model import Source
from ..recipe.model import LIBRARY, Dependency
from .known_needs import KnownNeed

_SETUP_PY = "setup.py"
#: As the linker calls it → the package of Spack.
PACKAGES = {
    "acl": "acl", "archive": "libarchive", "bz2": "bzip2", "cap": "libcap", "cfitsio": "cfitsio",
    "crypto": "openssl", "curl": "curl", "db": "berkeley-db", "eccodes": "eccodes",
    "enchant": "enchant", "event": "libevent", "expat": "expat", "ffi": "libffi",
    "fftw3": "fftw", "fftw3f": "fftw", "freetype": "freetype", "gdal": "gdal", "geos_c": "geos",
    "git2": "libgit2", "glpk": "glpk", "gmp": "gmp", "gsl": "gsl", "gssapi_krb5": "krb5",
    "hdf5": "hdf5", "hts": "htslib", "igraph": "igraph", "ldap": "openldap", "leveldb": "leveldb",
    "lmdb": "lmdb", "lz4": "lz4", "lzma": "xz", "lzo2": "lzo", "metis": "metis",
    "mpc": "mpc", "mpfr": "mpfr", "ncurses": "ncurses", "netcdf": "netcdf-c", "nlopt": "nlopt",
    "odbc": "unixodbc", "png": "libpng", "pq": "postgresql", "proj": "proj",
    "rdkafka": "librdkafka", "readline": "readline", "rocksdb": "rocksdb",
    "samplerate": "libsamplerate", "snappy": "snappy", "sndfile": "libsndfile",
    "sodium": "libsodium", "sqlite3": "sqlite", "ssl": "openssl", "tiff": "libtiff",
    "udunits2": "udunits", "usb-1.0": "libusb", "xc": "libxc", "xml2": "libxml2",
    "xslt": "libxslt", "yaml": "libyaml", "zmq": "libzmq", "zstd": "zstd",
}  # fmt: skip
#: The same for what several packages provide.
VIRTUAL = {
    "blas": "blas", "jpeg": "jpeg", "lapack": "lapack", "tbb": "tbb", "z": "zlib-api",
}  # fmt: skip


def linked_by_setup_py(source: Source) -> tuple[KnownNeed, ...]:
    """The libraries, each once; none where setup.py builds libraries itself
    (``setup(libraries=...)``)."""
    called = source.setup_py
    if called is None or "libraries" in (called.names or ()):
        return ()
    found: dict[str, KnownNeed] = {}
    scripts = str(called.keywords.get("cffi_modules", ""))
    linked = [(name, _SETUP_PY, line, apart) for name, line, apart in called.always_linked]
    linked += [(*each, True) for each in source.built_with if each[1] in scripts]
    for name, file, line, apart in linked:
        package = PACKAGES.get(name) or VIRTUAL.get(name)
        if package is None or (apart and _may_have_copy(source, {name, package})):
            continue
        why = links(name, line, file)
        need = KnownNeed(Dependency(package, types=LIBRARY), why, in_table=False)
        found.setdefault(package, need)
    return tuple(found.values())


def _may_have_copy(source: Source, names: Collection[str]) -> bool:
    """Whether a library may be in a folder that setup.py names: of the archive, or in one into
    which it downloads something."""
    parts = {*names, *(f"lib{name}" for name in names)}
    return bool(source.downloads) or not parts.isdisjoint(source.parts)


def links(name: str, line: int, file: str = _SETUP_PY) -> str:
    """How the source of such a need is named."""
    return f"{file}:{line} links with {name}"
