"""Which packages of Spack have what pkg-config is asked for, where that is certain.

The names are those under which the libraries themselves install their ``.pc`` files, and for MUMPS
those that conda-forge and Spack add. These name no OpenMP, without which a library that uses it
cannot be loaded.
"""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

from ..recipe.model import Dependency
from .library_spec import library
from .versions import ranges

#: As pkg-config calls it → the package of Spack, with the variants that make it install that.
PACKAGES = {
    "alsa": "alsa-lib", "armadillo": "armadillo", "assimp": "assimp", "blosc": "c-blosc",
    "blosc2": "c-blosc2", "cairo": "cairo", "capnp": "capnproto", "cfitsio": "cfitsio",
    "dbus-1": "dbus", "eccodes": "eccodes", "eigen3": "eigen", "exiv2": "exiv2",
    "expat": "expat", "fftw3": "fftw", "fftw3f": "fftw", "flint": "flint",
    "fmt": "fmt", "freetype2": "freetype", "fribidi": "fribidi", "gdal": "gdal", "geos": "geos",
    "gio-2.0": "glib", "glew": "glew", "glfw3": "glfw", "glib-2.0": "glib", "gmp": "gmp",
    "gmpxx": "gmp",
    "gobject-2.0": "glib", "gobject-introspection-1.0": "gobject-introspection",
    "gpgme": "gpgme", "grpc++": "grpc", "gsl": "gsl", "harfbuzz": "harfbuzz", "hdf5": "hdf5",
    "hiredis": "hiredis", "hwloc": "hwloc", "icu-i18n": "icu4c", "icu-uc": "icu4c",
    "jansson": "jansson", "json-c": "json-c", "lcms2": "lcms", "libarchive": "libarchive",
    "libavcodec": "ffmpeg", "libavdevice": "ffmpeg", "libavfilter": "ffmpeg",
    "libavformat": "ffmpeg", "libavutil": "ffmpeg", "libbrotlidec": "brotli",
    "libbrotlienc": "brotli", "libcrypto": "openssl", "libcurl": "curl", "libevent": "libevent",
    "libfabric": "libfabric", "libffi": "libffi", "libgit2": "libgit2", "libheif": "libheif",
    "liblz4": "lz4", "liblzma": "xz", "libmagic": "file", "libmodbus": "libmodbus",
    "libmicrohttpd": "libmicrohttpd", "libnghttp2": "nghttp2", "libopenjp2": "openjpeg",
    "libpcap": "libpcap", "libpcre": "pcre", "libpcre2-8": "pcre2", "libpng": "libpng",
    "libpq": "postgresql", "libsecret-1": "libsecret", "libsodium": "libsodium",
    "libssh": "libssh", "libssh2": "libssh2", "libssl": "openssl", "libswresample": "ffmpeg",
    "libswscale": "ffmpeg", "libtiff-4": "libtiff", "libusb-1.0": "libusb", "libuv": "libuv",
    "libwebp": "libwebp", "libxc": "libxc", "libxml-2.0": "libxml2", "libxslt": "libxslt",
    "libzip": "libzip", "libzmq": "libzmq", "libzstd": "zstd", "mpfr": "mpfr",
    "ncurses": "ncurses", "netcdf": "netcdf-c", "netcdf-fortran": "netcdf-fortran",
    "nlohmann_json": "nlohmann-json", "numa": "numactl", "openblas": "openblas",
    "opencv4": "opencv", "openssl": "openssl", "pango": "pango", "pangocairo": "pango",
    "petsc": "petsc", "PETSc": "petsc", "pixman-1": "pixman", "proj": "proj",
    "protobuf": "protobuf", "pugixml": "pugixml", "qhull_r": "qhull", "raqm": "libraqm",
    "re2": "re2", "readline": "readline", "s-dftd3": "simple-dftd3",
    "samplerate": "libsamplerate", "sdl2": "sdl2", "simdjson": "simdjson", "slepc": "slepc",
    "SLEPc": "slepc", "sndfile": "libsndfile", "spdlog": "spdlog", "sqlite3": "sqlite",
    "tblite": "tblite", "tinyxml2": "tinyxml2", "trexio": "trexio", "ucx": "ucx",
    "vips": "libvips", "x11": "libx11", "xcb": "libxcb", "xext": "libxext",
    "xrender": "libxrender", "xtb": "xtb", "yaml-0.1": "libyaml", "yaml-cpp": "yaml-cpp",
    "smumps": "mumps+float~openmp+pkgconfig", "smumps_seq": "mumps+float~mpi~openmp+pkgconfig",
    "dmumps": "mumps+double~openmp+pkgconfig", "dmumps_seq": "mumps+double~mpi~openmp+pkgconfig",
    "cmumps": "mumps+complex+float~openmp+pkgconfig",
    "cmumps_seq": "mumps+complex+float~mpi~openmp+pkgconfig",
    "zmumps": "mumps+complex+double~openmp+pkgconfig",
    "zmumps_seq": "mumps+complex+double~mpi~openmp+pkgconfig",
}  # fmt: skip
#: The same for what several packages provide, in versions of their own.
VIRTUAL = {"libjpeg": "jpeg", "mpi": "mpi", "tbb": "tbb", "zlib": "zlib-api"}


def of_module(name: str, least: str) -> Dependency | None:
    """The package that has a module of pkg-config, in at least a version, if there is one; None
    where it is not certain which package that is."""
    if name in PACKAGES:
        return library(PACKAGES[name], ranges(SpecifierSet(f">={least}")) if least else "")
    return library(VIRTUAL[name]) if name in VIRTUAL else None
