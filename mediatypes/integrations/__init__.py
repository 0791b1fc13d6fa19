"""Callbacks of training frameworks, each in the module of the framework's name.

A module imports its framework, so nothing here is imported unless asked for.
"""
