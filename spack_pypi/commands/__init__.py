"""The commands: a module each, with its options (`add_arguments`) and what it does (`run`).

A start of Spack reads the options, so nothing else is imported at the top of these modules.
"""
