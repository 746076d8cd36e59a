"""What reads across the domains: what comes next for me, and what is public.

No tables, no events.
"""
