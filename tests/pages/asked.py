"""How many questions each page that somebody comes to by links asks of the database."""

from counting import counted
from factories import World, signed_in
from pages.crawling import kind_of, walking


async def addresses(world: World, name: str, *starts: str) -> list[str]:
    """One of each kind, besides the starts."""
    browser, walk = await signed_in(world, name), walking("/", *starts)
    address = next(walk)
    while True:
        try:
            address = walk.send(await browser.get(address, follow_redirects=True))
        except StopIteration as end:
            return [one for found in end.value.values() for one in found]


async def asked(world: World, name: str, pages: list[str]) -> dict[str, int]:
    """By the kind of page, the statements of its second showing: some is asked once and kept."""
    browser, found = await signed_in(world, name), {}
    for address in pages:
        await browser.get(address, follow_redirects=True)
        with counted(world) as statements:
            answer = await browser.get(address, follow_redirects=True)
        assert answer.status_code == 200, address
        found[f"{name} {kind_of(address)} {address}"] = len(statements)
    return found
