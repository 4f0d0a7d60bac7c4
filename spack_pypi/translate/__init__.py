"""From what Python says to what Spack says. Pure: no network, no Spack, nothing printed."""
