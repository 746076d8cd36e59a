"""Who confers with whom behind a wall: a party by itself, or several of one side.

Tables: caucus, caucus_party. Their sessions belong to `scheduling`.
Events: caucus.founded, caucus.joined, caucus.declined, caucus.renamed.
"""
