"""Libraries whose own programs setup.py asks how to link with them: ``krb5-config --libs``.

Such a program comes with the library and its headers. A setup.py that names one links with that
library; in all of 12 projects whose recipes people wrote (psycopg2, netCDF4, shapely and others)
the recipe depends on it.
"""

from __future__ import annotations

from ..pypi.model import Source
from ..recipe.model import LIBRARY, Dependency
from .known_needs import KnownNeed

#: The program → the package of Spack that installs it.
PACKAGES = {
    "apr-1-config": "apr", "clhep-config": "clhep", "cups-config": "cups", "curl-config": "curl",
    "fastjet-config": "fastjet", "fltk-config": "fltk", "freetype-config": "freetype",
    "gdal-config": "gdal", "geant4-config": "geant4", "geos-config": "geos",
    "gpg-error-config": "libgpg-error", "gpgme-config": "gpgme", "gsl-config": "gsl",
    "krb5-config": "krb5", "lhapdf-config": "lhapdf",
    "libgcrypt-config": "libgcrypt", "libpng-config": "libpng",
    "nc-config": "netcdf-c", "net-snmp-config": "net-snmp", "nf-config": "netcdf-fortran",
    "pcap-config": "libpcap", "pcre-config": "pcre", "pcre2-config": "pcre2",
    "pg_config": "postgresql", "pythia8-config": "pythia8", "rivet-config": "rivet",
    "root-config": "root", "sdl2-config": "sdl2", "xml2-config": "libxml2",
    "xslt-config": "libxslt", "yoda-config": "yoda",
}  # fmt: skip
#: The same for what several packages provide.
VIRTUAL = {"mysql_config": "mysql-client"}


def asked_by_setup_py(source: Source) -> tuple[KnownNeed, ...]:
    """The libraries, each once."""
    found: dict[str, KnownNeed] = {}
    for name, line in source.setup_py.programs.configs if source.setup_py else ():
        package = PACKAGES.get(name) or VIRTUAL.get(name)
        if package is not None:
            why = f"setup.py:{line} may run {name}"
            need = KnownNeed(Dependency(package, types=LIBRARY), why, in_table=False)
            found.setdefault(package, need)
    return tuple(found.values())
