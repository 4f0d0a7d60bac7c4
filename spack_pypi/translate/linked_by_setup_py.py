"""Native libraries with which setup.py, or a build script of cffi, links an extension in any case.

``Extension("x", ["x.c"], libraries=["gmp"])``, or the name of a list that always has it, cannot be
linked without the library. Those whose package in Spack is certain are written, unless a folder is
named in which a copy may be; others are only hints.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..pypi.model import Source
from ..recipe.model import LIBRARY, Condition, Dependency
from .cmake_packages import COMPONENTS
from .known_needs import KnownNeed

_SETUP_PY = "setup.py"
#: As the linker calls it → the package of Spack.
PACKAGES = {
    "acl": "acl", "aec": "libaec", "archive": "libarchive", "arpack": "arpack-ng",
    "asound": "alsa-lib", "aspell": "aspell", "avcodec": "ffmpeg", "avformat": "ffmpeg",
    "avutil": "ffmpeg", "blosc": "c-blosc", "blosc2": "c-blosc2", "brotlidec": "brotli",
    "brotlienc": "brotli", "bz2": "bzip2", "cairo": "cairo", "cap": "libcap", "cdd": "cddlib",
    "cddgmp": "cddlib", "cfitsio": "cfitsio", "cholmod": "suite-sparse", "crypto": "openssl",
    "curl": "curl", "db": "berkeley-db", "deflate": "libdeflate", "df": "hdf",
    "eccodes": "eccodes", "enchant": "enchant", "erfa": "erfa", "ev": "libev", "event": "libevent",
    "expat": "expat", "ffi": "libffi", "fftw3": "fftw", "fftw3f": "fftw", "FLAC": "flac",
    "flint": "flint", "fontconfig": "fontconfig", "freetype": "freetype", "gcrypt": "libgcrypt",
    "gdal": "gdal", "gdbm": "gdbm", "geos_c": "geos", "geotiff": "libgeotiff", "gif": "giflib",
    "gio-2.0": "glib", "git2": "libgit2", "GLEW": "glew", "glfw": "glfw", "glib-2.0": "glib",
    "glpk": "glpk", "glut": "freeglut", "gmp": "gmp", "gnutls": "gnutls", "gobject-2.0": "glib",
    "gsl": "gsl", "gslcblas": "gsl", "gssapi_krb5": "krb5", "harfbuzz": "harfbuzz", "hdf5": "hdf5",
    "hiredis": "hiredis", "hts": "htslib", "hunspell": "hunspell", "hwloc": "hwloc",
    "ibverbs": "rdma-core", "icudata": "icu4c", "icui18n": "icu4c", "icuuc": "icu4c",
    "igraph": "igraph", "ipopt": "ipopt", "isal": "isa-l", "jsoncpp": "jsoncpp",
    "klu": "suite-sparse", "krb5": "krb5", "lcms2": "lcms", "ldap": "openldap",
    "leidenalg": "libleidenalg", "lept": "leptonica", "leveldb": "leveldb",
    "libleidenalg": "libleidenalg", "likwid": "likwid", "lmdb": "lmdb", "lz4": "lz4",
    "lzf": "liblzf", "lzma": "xz", "lzo2": "lzo", "magic": "file", "maxminddb": "libmaxminddb",
    "metis": "metis", "mfhdf": "hdf", "modbus": "libmodbus", "mp3lame": "lame", "mpc": "mpc",
    "mpfr": "mpfr", "ncurses": "ncurses", "netcdf": "netcdf-c", "netcdff": "netcdf-fortran",
    "nettle": "nettle", "nghttp2": "nghttp2", "nlopt": "nlopt", "ntl": "ntl", "numa": "numactl",
    "odbc": "unixodbc", "ogg": "libogg", "onig": "oniguruma", "openjp2": "openjpeg",
    "opus": "opus", "pango-1.0": "pango", "papi": "papi", "pcap": "libpcap", "pcre": "pcre",
    "pcre2-8": "pcre2", "petsc": "petsc", "pixman-1": "pixman", "png": "libpng", "ppl": "ppl",
    "pq": "postgresql", "proj": "proj", "protobuf": "protobuf", "pugixml": "pugixml",
    "pulse": "pulseaudio", "rdkafka": "librdkafka", "re2": "re2", "readline": "readline",
    "rocksdb": "rocksdb", "samplerate": "libsamplerate", "sasl2": "cyrus-sasl", "scotch": "scotch",
    "SDL2": "sdl2", "seccomp": "libseccomp", "snappy": "snappy", "sndfile": "libsndfile",
    "sodium": "libsodium", "spatialite": "libspatialite", "spng": "libspng", "sqlite3": "sqlite",
    "ssh": "libssh", "ssh2": "libssh2", "ssl": "openssl", "sundials_cvode": "sundials",
    "sundials_cvodes": "sundials", "sundials_ida": "sundials", "sundials_idas": "sundials",
    "superlu": "superlu", "swresample": "ffmpeg", "swscale": "ffmpeg", "symengine": "symengine",
    "symspg": "spglib", "tcl": "tcl", "tesseract": "tesseract", "tiff": "libtiff",
    "tinyxml2": "tinyxml2", "udunits2": "udunits", "umfpack": "suite-sparse", "usb-1.0": "libusb",
    "uv": "libuv", "vips": "libvips", "vorbis": "libvorbis", "wcs": "wcslib", "webp": "libwebp",
    "X11": "libx11", "xapian": "xapian-core", "xc": "libxc", "xcb": "libxcb",
    "xerces-c": "xerces-c", "Xext": "libxext", "xml2": "libxml2", "Xrender": "libxrender",
    "xslt": "libxslt", "yaml": "libyaml", "yaml-cpp": "yaml-cpp", "z3": "z3", "zfp": "zfp",
    "zmq": "libzmq", "zopfli": "zopfli", "zstd": "zstd",
}  # fmt: skip
#: The same for what several packages provide.
VIRTUAL = {
    "blas": "blas", "GL": "gl", "GLU": "glu", "jpeg": "jpeg", "lapack": "lapack",
    "mysqlclient": "mysql-client", "tbb": "tbb", "z": "zlib-api",
}  # fmt: skip


def linked_by_setup_py(source: Source) -> tuple[KnownNeed, ...]:
    """The libraries, each once; none where setup.py builds libraries itself
    (``setup(libraries=...)``)."""
    called = source.setup_py
    if called is None or called.builds_libraries:
        return ()
    found: dict[str, KnownNeed] = {}
    scripts = str(called.keywords.get("cffi_modules", ""))
    linked = [
        (each.name, _SETUP_PY, each.line, each.apart, each.platform)
        for each in called.libraries.always
    ]
    linked += [(*each, True, "") for each in source.built_with if each[1] in scripts]
    linked.sort(key=lambda each: bool(each[-1]))
    for name, file, line, apart, platform in linked:
        component = COMPONENTS["boost"].get(name[6:]) if name.startswith("boost_") else None
        package = PACKAGES.get(name) or VIRTUAL.get(name) or ("boost" if component else None)
        if package is None or (apart and _may_have_copy(source, {name, package})):
            continue
        why = links(name, line, file)
        here = Dependency(package, when=Condition(platform=platform), types=LIBRARY)
        need = KnownNeed(here, why, in_table=False)
        need = found.setdefault(package, need)
        if component:
            both = need.dependency.with_variants([component])
            found[package] = replace(need, dependency=both)
    return tuple(found.values())


def _may_have_copy(source: Source, names: Collection[str]) -> bool:
    """Whether a library may be in a folder that setup.py names: of the archive, or in one into
    which it downloads something."""
    parts = {*names, *(f"lib{name}" for name in names)}
    return bool(source.downloads) or not parts.isdisjoint(source.parts)


def links(name: str, line: int, file: str = _SETUP_PY) -> str:
    """How the source of such a need is named."""
    return f"{file}:{line} links with {name}"
