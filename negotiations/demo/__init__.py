"""The demonstration: the record of November 2010 as data, invented practice talks, their loader.

`record_2010` and `practice` are data; `load` writes both through the actions that everyone uses.
"""
