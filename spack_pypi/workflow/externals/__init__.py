"""What an interpreter has installed, as externals of Spack."""
