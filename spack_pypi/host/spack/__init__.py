"""The Spack that runs us: 1.0, 1.1 or develop. Only modules in here import it."""
