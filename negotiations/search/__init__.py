"""What was ever said about it? Search over sessions, summaries, outcomes, positions, commitments,
notes and document requests.

Its table is `search_entry`: what each audience may read has entries of its own, written by a
projection in the transaction of the change. Results come by date, without rank and without totals,
so that nobody's order tells of what they may not see.
"""
