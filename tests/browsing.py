"""What tests of pages ask of an answer."""

import re

import httpx2
from factories import NEG, World, signed_in

TALKS = "/n/water-talks"
TO_SIGN_IN = "303 /sign-in"


def told(answer: httpx2.Response) -> str:
    """The status, and where a redirect leads (without its query): `303 /sign-in`."""
    where = answer.headers.get("location", "").partition("?")[0]
    return f"{answer.status_code} {where}".rstrip()


def title_of(answer: httpx2.Response) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    return found[1].strip() if found else ""


def base_of(answer: httpx2.Response) -> str:
    """The version that the page's form was made from."""
    found = re.search(r'name="base" value="(\w+)"', answer.text)
    assert found, answer.text
    return found[1]


async def text_of(world: World, name: str, path: str) -> str:
    """The page as that person gets it."""
    answer = await (await signed_in(world, name)).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def seat_of(world: World, name: str) -> str:
    """The id of that person's membership."""
    people = (await world.coordinator.get(f"{NEG}/people")).json()["items"]
    return next(one["membership"] for one in people if one["id"] == world.people[name])
