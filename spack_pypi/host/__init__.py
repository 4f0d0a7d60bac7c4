"""The Spack that runs us, behind one port. Only ``spack.py`` in here imports Spack."""
