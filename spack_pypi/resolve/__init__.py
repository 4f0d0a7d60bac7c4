"""From named requirements to the releases that must be written: a resolver that explains all.

Theory of operation
===================

**Facts** (`facts`) are what the index says: pages, and what releases declare. They only grow. A
lookup of what is not known yet returns None and sends a question to the index; `Facts.fetch` waits
for all answers, and meanwhile sends what is `likely` to be asked next.

The **catalog** (`catalog`) is what follows from the facts for this host and this request: which
package a project is, which releases a recipe could list, what each of them requires. Each of these
is decided once.

A **unit** is one release, by itself or with one of its extras. Each has a **grade**: `COMPLETE`
(all that it requires exists or can be written), `DOUBTFUL` (only with a deprecated version, or
nothing confirms its metadata), `INCOMPLETE` (something that it requires is not available),
`IMPOSSIBLE` (no recipe can be written). All units begin as complete. A **lesson** (`lessons`) says
that a unit has a worse grade, and why. Lessons only grow, too: they are to this resolver what
learned clauses are to a SAT solver, or incompatibilities to PubGrub.

A **selection** (`selection`) is one walk from some roots over the catalog. Each requirement is
answered (`answers`) by a version that exists, else by the release of the best grade that brings
the `fewest` new packages and versions. A unit
whose requirement only has an answer that is worse than the unit's own grade is a lesson. A walk
that met an unknown fact goes on there once it is known; in the end it is discarded and repeated,
and so is one that learned something. That is cheap, since most was decided before. Any other walk
is complete: each of its units has the grade that it seemed to have.

**Passes** look at complete selections and may add lessons or releases:

- `fit`: can one version of each project be chosen so that all requirements are satisfied? Spack
  builds with one version of each package in a graph. `search` looks for such a solution with
  resolvelib, over `candidates` and their `demands`: first with what exists or is chosen already,
  then with any release. Releases that a solution needs are added, and from then on preferred to
  those that none uses; a listed release that has no solution is passed over.
- `newer_release`: is it certain that what was chosen has no solution? `possible` narrows the
  versions of each project to those that all that is needed in any case allows. Where none is left,
  one newer release of a package that exists is added if that makes it possible.
- `cycles`: which requirements lead back to a package that depends on them? Spack's graphs have no
  cycles, so these requirements are left out.
- the workflow's own: a recipe that cannot be translated, loaded or audited, that changes versions
  which existed before, or in which ``check`` finds an error, adds lessons about its units
  (`Resolver.learn`).

**Roots** that were not requested together are resolved one by one, each with a selection of its
own, over the same facts and lessons. The resolution is their union. So neither the order of the
roots nor that of the index's answers changes it, and what is not available fails only the roots
that require it.

**It ends**, since every round adds a fact, a lesson or a release, and there are finitely many of
each; the rounds that look for solutions are counted.

An example that needs every pass: ``app 2.0`` requires ``core`` and is built with ``backend==2``.
The newest ``core 1.1`` requires ``gone``, which the index does not have: a lesson, and
``core 1.0`` is chosen. That is built with ``backend==1``: the two backends exclude each other, so
`fit` passes over ``app 2.0`` and lists ``app 1.0``, which is built with ``backend==1``, too.
``core 1.0`` also requires ``app``: that requirement closes a cycle and is left out.
"""
