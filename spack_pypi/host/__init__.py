"""The Spack that runs us, behind one port. Only ``spack/`` in here imports Spack."""
