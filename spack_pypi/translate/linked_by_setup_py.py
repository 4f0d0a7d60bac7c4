"""Native libraries with which setup.py links an extension in any case.

``Extension("x", ["x.c"], libraries=["gmp"])`` in a statement of its own, without a folder that may
hold a copy, cannot be linked without the library. Those whose package in Spack is certain are
written; others are only hints.
"""

from __future__ import annotations

from ..pypi.model import Source
from ..recipe.model import LIBRARY, Dependency
from .known_needs import KnownNeed

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
    for name, line in called.always_linked:
        package = PACKAGES.get(name) or VIRTUAL.get(name)
        if package is not None:
            need = KnownNeed(Dependency(package, types=LIBRARY), links(name, line), in_table=False)
            found.setdefault(package, need)
    return tuple(found.values())


def links(name: str, line: int) -> str:
    """How the source of such a need is named."""
    return f"setup.py:{line} links with {name}"
