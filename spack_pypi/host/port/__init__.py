"""What we ask of a host, whichever it is: the values that it gives (`recipes`, `proofs`), the
parts that give them (`parts`), and the checkout in which commits are made (`checkout`)."""

from .checkout import Changed, Checkout
from .parts import Evaluator, Host, Installer, Repos, Solver, Staging, Writer
from .proofs import Archive, Concretized, Failure, Installed, Problem, Undeclared
from .recipes import (
    Cell,
    DeclaredDependency,
    DeclaredVersion,
    Meaning,
    Package,
    Target,
)

__all__ = [
    "Archive",
    "Cell",
    "Changed",
    "Checkout",
    "Concretized",
    "DeclaredDependency",
    "DeclaredVersion",
    "Evaluator",
    "Failure",
    "Host",
    "Installed",
    "Installer",
    "Meaning",
    "Package",
    "Problem",
    "Repos",
    "Solver",
    "Staging",
    "Target",
    "Undeclared",
    "Writer",
]
