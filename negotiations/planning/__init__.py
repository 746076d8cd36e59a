"""The plan for a whole window: one agency, many jurisdictions, no clash, and an explanation.

PURE, all of it: no database, no web, no setting; the only clock is the cap's. No tables, no events.

What serves asks here; none of these loads numpy or a solver:
problem     what is asked: days, teams, tracks, resources, wishes, all in UTC
window      office hours on a civil clock as such days and intervals (`intervals` joins them)
plan        what is answered (`plain`: both as JSON); `options`: how hard is looked, how far it is
valid       what is wrong with a problem
calling     a plan from a process of its own (`child`), with caps on time and memory
check       which hard rules a draft breaks, after `rules`, sharing nothing with the search
why_not     why a session isn't at some other time, who would have to move, what it would cost
wishes      which wishes a start breaks, in sentences, and what that costs
groupings   hard rules as a few that people can talk about

The planner's process (numpy) asks `solve`, which goes from top to bottom:
grid, starts           slots, and the starts that each session may have with their costs
chains, cheapest, marginals   one track's sessions in order: a dynamic program over slots
market, paths, prices  a bound by prices on capacity, without any solver
fleets, draft, search  teams on their ways; greedy, then taking out and putting back
decoding               concrete teams for known starts
steps, program, capacity, proving, closing  the same as a program for HiGHS (extra `planner`)
counting, conflicts, remedies when nothing fits: by arithmetic, by proof, and what would help
standing, telling      what is known so far, and the plan for people
"""
