"""What we ask of a host, whichever it is: the values that it gives (`recipes`, `proofs`), the
parts that give them (`parts`), the checkout in which commits are made (`checkout`), and what is
needed to install without a network (`bundles`)."""

from .bundles import CopiedRepo as CopiedRepo
from .bundles import Needed as Needed
from .bundles import SourceFile as SourceFile
from .bundles import Sources as Sources
from .checkout import Changed as Changed
from .checkout import Checkout as Checkout
from .externals import Destination as Destination
from .externals import External as External
from .externals import Externals as Externals
from .externals import PythonExternals as PythonExternals
from .externals import Written as Written
from .parts import MOST_LOADED as MOST_LOADED
from .parts import Evaluator as Evaluator
from .parts import Host as Host
from .parts import Installer as Installer
from .parts import Repos as Repos
from .parts import Solver as Solver
from .parts import Staging as Staging
from .parts import Writer as Writer
from .proofs import Archive as Archive
from .proofs import Concretized as Concretized
from .proofs import Failure as Failure
from .proofs import Installed as Installed
from .proofs import Problem as Problem
from .proofs import Undeclared as Undeclared
from .recipes import Cell as Cell
from .recipes import DeclaredDependency as DeclaredDependency
from .recipes import DeclaredVersion as DeclaredVersion
from .recipes import Meaning as Meaning
from .recipes import Package as Package
from .recipes import Target as Target
from .store import InstalledPackage as InstalledPackage
from .store import Linked as Linked
from .store import Runtime as Runtime
from .store import Store as Store
