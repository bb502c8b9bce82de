"""Formats and rules of the field as pure Python: values in, values out.

Nothing here knows Django, the clock, the network or the disk. What is wrong in the input is
raised as `cuspide.formats.errors.FormatError`, which says what and where.
"""
