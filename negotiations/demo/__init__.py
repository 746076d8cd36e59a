"""The demonstration: the record of November 2010 as data, invented practice talks, their loader.

`record_2010`, `positions_2010` and `practice` are data; `load` writes them through the actions that
everyone uses.
"""
