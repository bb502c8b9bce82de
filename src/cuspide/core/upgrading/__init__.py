"""Brings a store to the program's version, from a copy that is put back when anything goes wrong."""
