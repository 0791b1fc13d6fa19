"""Strategies of values, a module for each media type, named by its kind.

The function has the name of the kind as well. Those of the older types are in
`mediatypes.testing.strategies`.
"""
