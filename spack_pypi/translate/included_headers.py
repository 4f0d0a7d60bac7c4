"""Native libraries whose headers the extensions of setup.py include in any case.

A source that includes ``<zlib.h>`` cannot be compiled without the library, whatever it is linked
with. Those whose package in Spack is certain, whatever its version, are written, unless setup.py
may fetch them, or they may come with a build requirement; others are only hints. So is what
several packages have (``mysql.h``), or only old versions of one (``fuse.h``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ..pypi.model import GIT_MODULES, Source
from ..recipe.model import Dependency
from .known_needs import KnownNeed
from .library_spec import library

#: A header, a folder of headers, or how they begin (``petsc*``), as sources name them → the
#: package of Spack, with the variants that make it install that.
PACKAGES = {
    "CGAL/": "cgal", "CL/cl.h": "opencl", "Eigen/": "eigen", "FLAC/": "flac",
    "GL/glew.h": "glew", "GLFW/": "glfw", "H5Cpp.h": "hdf5+cxx", "IpStdCInterface.h": "ipopt",
    "Kokkos_Core.hpp": "kokkos", "NTL/": "ntl", "SDL2/": "sdl2", "X11/Xlib.h": "libx11",
    "X11/Xutil.h": "libx11", "absl/": "abseil-cpp", "alsa/": "alsa-lib",
    "archive.h": "libarchive", "archive_entry.h": "libarchive", "armadillo": "armadillo",
    "arpack/": "arpack-ng", "blosc.h": "c-blosc", "blosc2.h": "c-blosc2", "boost/": "boost",
    "boost/python.hpp": "boost+python", "boost/python/": "boost+python",
    "boost/python/numpy.hpp": "boost+numpy+python", "brotli/": "brotli", "bzlib.h": "bzip2",
    "cairo.h": "cairo", "cairo/": "cairo", "cdd.h": "cddlib", "cddlib/": "cddlib",
    "cereal/": "cereal", "ceres/": "ceres-solver", "cholmod.h": "suite-sparse",
    "cpl_conv.h": "gdal", "cublas_v2.h": "cuda", "cuda.h": "cuda", "cuda_fp16.h": "cuda",
    "cuda_runtime.h": "cuda", "cuda_runtime_api.h": "cuda", "cudnn.h": "cudnn",
    "cufft.h": "cuda", "curand.h": "cuda", "curl/": "curl", "cusolverDn.h": "cuda",
    "cusparse.h": "cuda", "cvode/": "sundials", "dbus/dbus.h": "dbus", "eccodes.h": "eccodes",
    "enchant.h": "enchant", "event2/": "libevent", "expat.h": "expat", "ffi.h": "libffi",
    "fftw3-mpi.h": "fftw+mpi", "fftw3.h": "fftw", "fitsio.h": "cfitsio", "flint/": "flint",
    "flux/core.h": "flux-core", "fmt/": "fmt", "fontconfig/": "fontconfig",
    "freetype/": "freetype", "fst/": "openfst", "ft2build.h": "freetype",
    "gcrypt.h": "libgcrypt", "gdal.h": "gdal", "geos_c.h": "geos", "gfal_api.h": "gfal2",
    "gflags/": "gflags", "gif_lib.h": "giflib", "gio/": "glib", "git2.h": "libgit2",
    "glib-object.h": "glib", "glib.h": "glib", "glib/": "glib", "glm/": "glm", "glog/": "glog",
    "glpk.h": "glpk", "gmp.h": "gmp", "gmpxx.h": "gmp", "gnutls/": "gnutls", "gpgme.h": "gpgme",
    "graphviz/": "graphviz", "gsl/gsl_*": "gsl", "gssapi/": "krb5", "hb.h": "harfbuzz",
    "hdf5.h": "hdf5", "hdf5_hl.h": "hdf5+hl", "hip/hip_runtime.h": "hip", "hiredis/": "hiredis",
    "hts.h": "htslib", "htslib/": "htslib", "hunspell/": "hunspell", "hwloc.h": "hwloc",
    "ida/": "sundials", "igraph/": "igraph", "infiniband/": "rdma-core", "isa-l.h": "isa-l",
    "isa-l/": "isa-l", "jansson.h": "jansson", "jasper/": "jasper", "jni.h": "java",
    "jpeglib.h": "jpeg", "json-c/": "json-c", "klu.h": "suite-sparse", "krb5.h": "krb5",
    "krb5/": "krb5", "lber.h": "openldap", "lcms2.h": "lcms", "ldap.h": "openldap",
    "ldap_features.h": "openldap", "leptonica/": "leptonica", "leveldb/": "leveldb",
    "libaec.h": "libaec", "libavcodec/": "ffmpeg", "libavformat/": "ffmpeg",
    "libavutil/": "ffmpeg", "libdeflate.h": "libdeflate", "libleidenalg/": "libleidenalg",
    "libpq-fe.h": "postgresql", "libpq/": "postgresql", "librdkafka/": "librdkafka",
    "libssh/": "libssh", "libssh2.h": "libssh2", "libswscale/": "ffmpeg",
    "libusb-1.0/": "libusb", "libusb.h": "libusb", "libxml/": "libxml2", "libxslt/": "libxslt",
    "likwid.h": "likwid", "lmdb.h": "lmdb", "lz4.h": "lz4", "lz4frame.h": "lz4",
    "lz4hc.h": "lz4", "lzma.h": "xz", "lzo/": "lzo", "magic.h": "file",
    "maxminddb.h": "libmaxminddb", "metis.h": "metis", "mfhdf.h": "hdf",
    "microhttpd.h": "libmicrohttpd", "modbus.h": "libmodbus", "modbus/": "libmodbus",
    "mpc.h": "mpc", "mpfr.h": "mpfr", "mpi.h": "mpi", "nccl.h": "nccl", "ncurses.h": "ncurses",
    "netcdf.h": "netcdf-c", "nettle/": "nettle", "nlohmann/": "nlohmann-json",
    "nlopt.h": "nlopt", "nlopt.hpp": "nlopt", "numa.h": "numactl", "nvtx3/": "nvtx",
    "ogr_api.h": "gdal", "openjpeg.h": "openjpeg", "openssl/": "openssl", "opus/": "opus",
    "otf2/": "otf2", "pango/": "pango", "papi.h": "papi", "pcap.h": "libpcap",
    "pcap/": "libpcap", "pcre.h": "pcre", "pcre2.h": "pcre2", "petsc*": "petsc",
    "pixman.h": "pixman", "pmix.h": "pmix", "png.h": "libpng", "ppl.hh": "ppl", "proj.h": "proj",
    "pulse/": "pulseaudio", "qhull/": "qhull", "qhull_ra.h": "qhull", "rapidjson/": "rapidjson",
    "rdma/fabric.h": "libfabric", "re2/": "re2", "readline/": "readline", "rocksdb/": "rocksdb",
    "samplerate.h": "libsamplerate", "sasl/": "cyrus-sasl", "scotch.h": "scotch",
    "seccomp.h": "libseccomp", "security/pam_appl.h": "linux-pam", "slepc*": "slepc",
    "slurm/": "slurm", "snappy-c.h": "snappy", "snappy.h": "snappy", "sndfile.h": "libsndfile",
    "sodium.h": "libsodium", "spatialindex/": "libspatialindex", "spdlog/": "spdlog",
    "spglib.h": "spglib", "sql.h": "unixodbc", "sqlext.h": "unixodbc", "sqlite3.h": "sqlite",
    "suitesparse/": "suite-sparse", "sundials/": "sundials", "symengine/": "symengine",
    "sys/acl.h": "acl", "sys/capability.h": "libcap", "tbb/": "tbb", "tesseract/": "tesseract",
    "tiff.h": "libtiff", "tiffio.h": "libtiff", "tinyxml2.h": "tinyxml2", "ucp/api/": "ucx",
    "udunits2.h": "udunits", "umfpack.h": "suite-sparse", "unicode/": "icu4c",
    "unsupported/Eigen/": "eigen", "uv.h": "libuv", "vorbis/": "libvorbis", "wcslib/": "wcslib",
    "webp/": "libwebp", "xc.h": "libxc", "xsimd/": "xsimd", "xtensor/": "xtensor",
    "yaml-cpp/": "yaml-cpp", "yaml.h": "libyaml", "zconf.h": "zlib-api", "zlib-ng.h": "zlib-ng",
    "zlib.h": "zlib-api", "zmq.h": "libzmq", "zstd.h": "zstd",
}  # fmt: skip
#: Build requirements that have headers of libraries, or what brings them.
_HAVING = {
    "cmeel-boost": "boost", "cmeel-eigen": "eigen", "pysam": "htslib", "pyzmq": "libzmq",
    "tensorflow": "eigen", "tensorflow-cpu": "eigen",
}  # fmt: skip


def included_by_extensions(source: Source, names: Collection[str]) -> tuple[KnownNeed, ...]:
    """The libraries, each once, given the names of the build requirements."""
    if may_fetch(source):
        return ()
    there = {package for name, package in _HAVING.items() if name in names}
    found: dict[str, KnownNeed] = {}
    for each in source.headers:
        has = spec_of(each.header)
        if has is None or has.package in there:
            continue
        why = f"{each.path}:{each.line} includes {each.header}"
        need = found.setdefault(has.package, KnownNeed(has, why, in_table=False))
        both = need.dependency.with_variants(has.variants)
        found[has.package] = replace(need, dependency=both)
    return tuple(found.values())


def may_fetch(source: Source) -> bool:
    """Whether headers that an archive lacks may be in something that setup.py downloads, or in a
    submodule of its repository."""
    return bool(source.downloads) or GIT_MODULES in source.build_files


def spec_of(header: str) -> Dependency | None:
    """The package that has a header, by the longest name that fits; None where none is known."""
    fits = [
        name
        for name in PACKAGES
        if header == name or (name[-1] in "/*" and header.startswith(name.rstrip("*")))
    ]
    return library(PACKAGES[max(fits, key=len)]) if fits else None
