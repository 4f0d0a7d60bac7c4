"""From named requirements to what has to be written: a resolver that loses nothing.

Theory of operation
===================

**Facts** (`facts`) are what the index says: pages, and what releases declare. They only grow. A
reader who asks for what is not known yet gets None, and leaves a question behind; all open
questions are put to the index at once.

The **catalog** (`catalog`) is what follows from the facts for this host and these rules: which
package is a project's, which releases a recipe could list, what each of them needs. Each of
these is decided once, whoever asks.

A **unit** (`lessons`) is one release, by itself or with one of its extras. A **lesson** says that
a unit is worse than it was taken for, and why: `Grade.WHOLE` (all that it requires can be had),
`DOUBTFUL` (only with a deprecated version, or its metadata was never confirmed), `INCOMPLETE`
(something cannot be had), `IMPOSSIBLE` (no recipe can be written). Lessons only grow, too.

A **selection** (`selection`) is one walk from some roots over the catalog. Each need is answered
by a version that exists, else by the newest release of the best grade. A unit whose need has
only a worse answer than the unit's own grade teaches a lesson. A walk that asked for something
unknown or learned something is thrown away and made again; it is cheap, as all that it asks was
decided before. One that did neither is complete: every unit in it is as good as it was taken for.

**Passes** look at complete selections and may add lessons or releases:

- `fit`: can one version of each project be taken so that all fit together? Spack builds with one
  version of each package in a graph. Releases that are needed for that are added; a listed
  release that fits nothing is passed over.
- `cycles`: which requirements lead back to a package that is there anyway? Spack's graphs have no
  cycles, so these are left out.
- the workflow's own: a recipe that cannot be translated, loaded or audited, that changes what was
  there, or in which ``check`` finds an error, teaches lessons about its units.

**Roots** that were not asked for together are resolved one by one, each with a selection of its
own, over the same facts and lessons. The resolution is their union, so neither the order of the
roots nor that of answers changes it, and what cannot be had stops only the roots that need it.

**It ends**, since every round adds a fact, a lesson or a release, and there are finitely many of
each.

An example that needs every pass: ``app 2.0`` needs ``core`` and is built with ``backend==2``. The
newest ``core 1.1`` needs ``gone``, which the index does not have: a lesson, and ``core 1.0`` is
chosen. That is built with ``backend==1``: the two backends exclude each other, so `fit` passes
``app 2.0`` over for ``app 1.0``, which is built with ``backend==1`` too. ``core 1.0`` also needs
``app``: that requirement is a cycle and left out.
"""
