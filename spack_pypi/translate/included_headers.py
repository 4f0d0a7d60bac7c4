"""Native libraries whose headers the extensions of setup.py include in any case.

A source that includes ``<zlib.h>`` cannot be compiled without the library, whatever it is linked
with. Those whose package in Spack is certain are written, unless setup.py may fetch them, or they
may come with a build requirement; others are only hints.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from ..pypi.model import GIT_MODULES, Source
from ..recipe.model import LIBRARY, Dependency
from .known_needs import KnownNeed

#: A header, or a folder of headers, as sources name them → the package of Spack, with the variants
#: that make it install that.
PACKAGES = {
    "CGAL/": "cgal", "Eigen/": "eigen", "FLAC/": "flac", "GL/glew.h": "glew", "GLFW/": "glfw",
    "H5Cpp.h": "hdf5+cxx", "SDL2/": "sdl2", "X11/Xlib.h": "libx11", "X11/Xutil.h": "libx11",
    "absl/": "abseil-cpp", "alsa/": "alsa-lib", "archive.h": "libarchive",
    "archive_entry.h": "libarchive", "armadillo": "armadillo", "arpack/": "arpack-ng",
    "blosc.h": "c-blosc", "blosc2.h": "c-blosc2", "boost/": "boost",
    "boost/python.hpp": "boost+python", "boost/python/": "boost+python",
    "boost/python/numpy.hpp": "boost+numpy+python", "brotli/": "brotli", "bzlib.h": "bzip2",
    "cairo.h": "cairo", "cairo/": "cairo", "ceres/": "ceres-solver",
    "cereal/": "cereal", "cholmod.h": "suite-sparse", "cpl_conv.h": "gdal", "cuda.h": "cuda",
    "cuda_runtime.h": "cuda", "cuda_runtime_api.h": "cuda", "curl/": "curl",
    "dbus/dbus.h": "dbus", "eccodes.h": "eccodes", "enchant.h": "enchant", "event2/": "libevent",
    "expat.h": "expat", "ffi.h": "libffi", "fftw3-mpi.h": "fftw+mpi", "fftw3.h": "fftw",
    "fitsio.h": "cfitsio", "flint/": "flint", "fmt/": "fmt", "fontconfig/": "fontconfig",
    "freetype/": "freetype", "ft2build.h": "freetype", "gdal.h": "gdal", "geos_c.h": "geos",
    "gflags/": "gflags", "gif_lib.h": "giflib", "git2.h": "libgit2", "glib-object.h": "glib",
    "glib.h": "glib", "glm/": "glm", "glog/": "glog", "glpk.h": "glpk", "gmp.h": "gmp",
    "gmpxx.h": "gmp", "gnutls/": "gnutls", "graphviz/": "graphviz", "gsl/gsl_": "gsl",
    "gssapi/": "krb5", "hb.h": "harfbuzz", "hdf5.h": "hdf5", "hdf5_hl.h": "hdf5+hl",
    "hiredis/": "hiredis", "hts.h": "htslib", "htslib/": "htslib", "hunspell/": "hunspell",
    "hwloc.h": "hwloc", "jansson.h": "jansson", "jasper/": "jasper", "jni.h": "java",
    "json-c/": "json-c", "jpeglib.h": "jpeg", "krb5.h": "krb5", "krb5/": "krb5",
    "lber.h": "openldap", "lcms2.h": "lcms", "ldap.h": "openldap",
    "leptonica/": "leptonica", "leveldb/": "leveldb", "libavcodec/": "ffmpeg",
    "libavformat/": "ffmpeg", "libavutil/": "ffmpeg", "libswscale/": "ffmpeg",
    "libxml/": "libxml2", "libxslt/": "libxslt", "lmdb.h": "lmdb", "lz4.h": "lz4",
    "lz4frame.h": "lz4", "lz4hc.h": "lz4", "lzma.h": "xz", "lzo/": "lzo", "magic.h": "file",
    "metis.h": "metis", "mfhdf.h": "hdf", "mpc.h": "mpc", "mpfr.h": "mpfr", "mpi.h": "mpi",
    "ncurses.h": "ncurses", "netcdf.h": "netcdf-c", "nlohmann/": "nlohmann-json",
    "nlopt.h": "nlopt", "nlopt.hpp": "nlopt", "numa.h": "numactl", "nvtx3/": "nvtx",
    "ogr_api.h": "gdal", "openjpeg.h": "openjpeg", "openssl/": "openssl", "opus/": "opus",
    "papi.h": "papi", "pcap.h": "libpcap", "pcap/": "libpcap", "pcre.h": "pcre",
    "pcre2.h": "pcre2", "petsc.h": "petsc", "pixman.h": "pixman", "png.h": "libpng",
    "proj.h": "proj", "pulse/": "pulseaudio", "qhull/": "qhull", "qhull_ra.h": "qhull",
    "rapidjson/": "rapidjson", "re2/": "re2", "readline/": "readline", "rocksdb/": "rocksdb",
    "samplerate.h": "libsamplerate", "sasl/": "cyrus-sasl", "seccomp.h": "libseccomp",
    "slepc.h": "slepc", "sndfile.h": "libsndfile", "sodium.h": "libsodium", "spdlog/": "spdlog",
    "spglib.h": "spglib", "sql.h": "unixodbc", "sqlext.h": "unixodbc", "sqlite3.h": "sqlite",
    "sundials/": "sundials", "symengine/": "symengine", "tbb/": "tbb", "tesseract/": "tesseract",
    "tiff.h": "libtiff", "tiffio.h": "libtiff", "tinyxml2.h": "tinyxml2",
    "udunits2.h": "udunits", "umfpack.h": "suite-sparse", "unsupported/Eigen/": "eigen",
    "uv.h": "libuv", "vorbis/": "libvorbis", "wcslib/": "wcslib", "webp/": "libwebp",
    "xc.h": "libxc", "xsimd/": "xsimd", "xtensor/": "xtensor", "yaml-cpp/": "yaml-cpp",
    "yaml.h": "libyaml", "zconf.h": "zlib-api", "zlib.h": "zlib-api",
    "zmq.h": "libzmq", "zstd.h": "zstd",
}  # fmt: skip
#: Build requirements that have headers of libraries, or what brings them.
_HAVING = {
    "cmeel-boost": "boost", "cmeel-eigen": "eigen", "pysam": "htslib", "pyzmq": "libzmq",
    "tensorflow": "eigen", "tensorflow-cpu": "eigen",
}  # fmt: skip


def included_by_extensions(source: Source, names: Collection[str]) -> tuple[KnownNeed, ...]:
    """The libraries, each once, given the names of the build requirements."""
    if source.downloads or GIT_MODULES in source.build_files:
        return ()
    there = {package for name, package in _HAVING.items() if name in names}
    found: dict[str, KnownNeed] = {}
    for each in source.headers:
        has = spec_of(each.header)
        if has is None or has.package in there:
            continue
        why = f"{each.path}:{each.line} includes {each.header}"
        need = found.setdefault(has.package, KnownNeed(has, why, in_table=False))
        variants = tuple(sorted({*need.dependency.variants, *has.variants}))
        found[has.package] = replace(need, dependency=replace(has, variants=variants))
    return tuple(found.values())


def spec_of(header: str) -> Dependency | None:
    """The package that has a header, by the longest name that fits; None where none is known."""
    fits = [
        name
        for name in PACKAGES
        if header == name or (name.endswith(("/", "_")) and header.startswith(name))
    ]
    if not fits:
        return None
    package, *variants = re.findall(r"[\w-]+|\+\w+", PACKAGES[max(fits, key=len)])
    return Dependency(package, variants=tuple(variants), types=LIBRARY)
