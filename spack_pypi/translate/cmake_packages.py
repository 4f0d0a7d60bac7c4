"""Which packages of Spack have what CMake looks for, where that is certain.

Modules that CMake documents
(https://cmake.org/cmake/help/latest/manual/cmake-modules.7.html#find-modules), and projects that
install a configuration of this name. Which variants components are is certain only for some.
"""

from __future__ import annotations

from collections.abc import Mapping

#: As CMake calls it, in small letters → the package of Spack.
PACKAGES = {
    "absl": "abseil-cpp", "adios2": "adios2", "armadillo": "armadillo", "arrow": "arrow",
    "assimp": "assimp", "basix": "fenics-basix", "bzip2": "bzip2", "cereal": "cereal",
    "ceres": "ceres-solver",
    "cgal": "cgal", "curl": "curl", "curses": "ncurses", "cxxopts": "cxxopts",
    "dolfinx": "fenics-dolfinx",
    "eigen3": "eigen", "expat": "expat", "fftw3": "fftw", "fmt": "fmt", "freetype": "freetype",
    "gdal": "gdal", "geant4": "geant4", "geos": "geos", "gfal2": "gfal2", "gflags": "gflags",
    "gif": "giflib", "ginkgo": "ginkgo", "glew": "glew", "glfw3": "glfw", "glib2": "glib",
    "glm": "glm", "glog": "glog", "gthread2": "glib",
    "gnutls": "gnutls", "grpc": "grpc", "gsl": "gsl", "hdf5": "hdf5", "hepmc3": "hepmc3",
    "highfive": "highfive", "icu": "icu4c", "itk": "itk", "jasper": "jasper",
    "kokkos": "kokkos", "libarchive": "libarchive", "liblzma": "xz", "libxml2": "libxml2",
    "libxslt": "libxslt", "llvm": "llvm", "lua": "lua", "lz4": "lz4", "netcdf": "netcdf-c",
    "nlohmann_json": "nlohmann-json", "opencv": "opencv", "openssl": "openssl",
    "openvdb": "openvdb", "pcl": "pcl", "png": "libpng", "postgresql": "postgresql",
    "proj": "proj", "protobuf": "protobuf", "pugixml": "pugixml", "range-v3": "range-v3",
    "rapidjson": "rapidjson", "root": "root", "sdl2": "sdl2", "simdjson": "simdjson",
    "spdlog": "spdlog", "sqlite3": "sqlite", "sundials": "sundials", "tiff": "libtiff",
    "tinyxml2": "tinyxml2", "vtk": "vtk", "x11": "libx11", "xercesc": "xerces-c",
    "xsimd": "xsimd", "xtensor": "xtensor", "xtl": "xtl", "yaml-cpp": "yaml-cpp",
    "zeromq": "libzmq", "zstd": "zstd",
}  # fmt: skip
#: The same for what several packages provide: in versions of their own, which CMake does not mean.
VIRTUAL = {
    "blas": "blas", "java": "java", "jpeg": "jpeg", "lapack": "lapack", "mpi": "mpi",
    "opencl": "opencl", "opengl": "gl",
    "tbb": "tbb", "zlib": "zlib-api",
}  # fmt: skip
#: The same for programs, which only run to build.
PROGRAMS = {
    "bison": "bison", "flex": "flex", "perl": "perl", "pkgconfig": "pkgconfig", "swig": "swig",
}  # fmt: skip
_BOOST = {each: f"+{each}" for each in (
    "atomic", "chrono", "container", "context", "contract", "coroutine", "date_time", "fiber",
    "filesystem", "graph", "iostreams", "json", "locale", "log", "math", "numpy",
    "program_options", "python", "random", "regex", "serialization", "system", "thread", "timer",
    "type_erasure", "url", "wave",
)} | {"unit_test_framework": "+test"}  # fmt: skip
#: The variant of each component; empty where any package of that name has it.
COMPONENTS: Mapping[str, Mapping[str, str]] = {
    "boost": _BOOST,
    "hdf5": {"C": "", "CXX": "+cxx", "Fortran": "+fortran", "HL": "+hl"},
    "icu": dict.fromkeys(("data", "i18n", "io", "uc"), ""),
    "mpi": {"C": "", "CXX": "", "Fortran": ""},
    "openssl": {"Crypto": "", "SSL": ""},
    "tbb": {"tbb": "", "tbbmalloc": ""},
}
