"""The only way out for requests to addresses that people typed.

`addresses` (PURE) says which addresses are the public's and how one may be written; `client` asks
for the name itself, connects to the very address that was judged, and follows nothing unasked;
`answers` is what comes of it.
"""
