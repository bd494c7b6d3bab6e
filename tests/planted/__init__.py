"""Tests of the tests: faults planted into a copy of the program, each noticed by a named test.

A fault is one exact replacement. It is made on a copied tree, where the named test runs on a
database of its own and has to fail by an assertion, not by a tree that no longer runs.
"""
