"""The pages on which heads and coordinators look after their programs."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from browsing import base_of, text_of, told
from factories import World, send_form, signed_in
from webhooks.receiver import API, checked, look, receiving

LIST = "/n/water-talks/webhooks"


async def press(world: World, name: str, path: str, act: str, **fields: Any) -> Any:
    """A button or form of a webhook's page, as it is shown now."""
    client = await signed_in(world, name)
    base = base_of(await client.get(path))
    return await send_form(client, f"{path}{act}", base=base, **fields)


async def test_a_head_makes_tries_turns_and_ends_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await signed_in(world, "head_x")
    people = (await client.get("/n/water-talks/people")).text
    assert f'<a href="{LIST}">Webhooks</a>: programs of your side' in people
    async with receiving() as receiver:
        types = ["session.moved", "session.cancelled"]
        made = await send_form(client, LIST, url=receiver.url(), types=types)
        assert made.status_code == 201
        [secret] = re.findall(r'<code class="address">(whsec_\S+)</code>', made.text)
        secret = unescape(secret)
        [hook] = (await world.head_x.get(f"{API}/webhooks")).json()["items"]
        assert (hook["types"], hook["party"]) == (types, "x")
        path = f"{LIST}/{hook['id']}"
        assert f'href="{path}">{receiver.url()}</a>' in (await client.get(LIST)).text
        assert "2 types" in (await client.get(LIST)).text
        assert secret not in (await client.get(path)).text
        receiver.answers, receiver.body = ["404 No", "200 OK"], b"<b>not</b> here"
        assert told(await press(world, "head_x", path, "/test")) == f"303 {path}"
        await look(world)
        [(headers, body)] = receiver.of()
        assert checked(monkeypatch, world.clock.now(), secret, headers, body)["data"]
        shown = (await client.get(path)).text
        assert "&lt;b&gt;not&lt;/b&gt; here" in shown
        assert "webhook.test" in shown
        assert 'data-label="Answer">404<' in shown
        assert "next try" in shown
        [one] = (await world.head_x.get(f"{API}/webhooks/{hook['id']}/deliveries")).json()["items"]
        [seen] = re.findall(
            rf'/deliveries/{one["id"]}/redeliver".*?name="base" value="(\w+)"', shown, re.DOTALL
        )
        again = f"{path}/deliveries/{one['id']}/redeliver"
        assert told(await send_form(client, again, base=seen)) == f"303 {path}"
        await look(world)
        assert receiver.ids() == [one["id"]] * 2
        assert "delivered" in (await client.get(path)).text
        stale = await send_form(client, again, base=seen)
        assert stale.status_code == 412


async def test_a_head_turns_changes_stops_and_ends_one(world: World) -> None:
    client = await signed_in(world, "head_x")
    assert (await send_form(client, LIST, url="https://hooks.example.org/a")).status_code == 201
    [hook] = (await world.head_x.get(f"{API}/webhooks")).json()["items"]
    path = f"{LIST}/{hook['id']}"
    turned = await press(world, "head_x", path, "/rotate", grace_hours="48")
    assert turned.status_code == 200
    assert re.search(r"whsec_\S+</code>", turned.text)
    assert "signed by the secret before" in turned.text
    assert "signs too until" in (await client.get(path)).text
    wrong = await press(world, "head_x", path, "/rotate", grace_hours="999")
    assert wrong.status_code == 422
    changed = await press(
        world, "head_x", path, "", url="https://hooks.example.org/b", types=["session.held"]
    )
    assert told(changed) == f"303 {path}"
    refused = await press(world, "head_x", path, "", url="https://10.0.0.1/", types=[])
    assert refused.status_code == 422
    assert "can be reached from here" in unescape(refused.text)
    assert told(await press(world, "head_x", path, "/stop")) == f"303 {path}"
    assert "Let it go on" in (await client.get(path)).text
    assert told(await press(world, "head_x", path, "/go-on")) == f"303 {path}"
    assert told(await press(world, "head_x", path, "/end")) == f"303 {LIST}"
    assert "There is none." in (await client.get(LIST)).text
    assert "Change it" not in (await client.get(path)).text


async def test_what_was_given_up_is_sent_again_at_once(world: World) -> None:
    async with receiving() as receiver:
        client = await signed_in(world, "coordinator")
        await send_form(client, LIST, url=receiver.url())
        [hook] = (await world.coordinator.get(f"{API}/webhooks")).json()["items"]
        path = f"{LIST}/{hook['id']}"
        receiver.answers = ["410 Gone"]
        for _ in range(2):
            await press(world, "coordinator", path, "/test")
        await look(world)
        assert "its program said that it is gone" in (await client.get(LIST)).text
        refused = await press(world, "coordinator", path, "/test")
        assert refused.status_code == 409
        receiver.answers = ["200 OK"]
        await press(world, "coordinator", path, "/go-on")
        assert "Send all 2 given up again" in (await client.get(path)).text
        await press(world, "coordinator", path, "/redeliver")
        await look(world)
        assert len(receiver.taken) == 3
        assert "given up again" not in (await client.get(path)).text


async def test_nobody_else_finds_them(world: World) -> None:
    async with receiving() as receiver:
        client = await signed_in(world, "head_x")
        await send_form(client, LIST, url=receiver.url())
        [hook] = (await world.head_x.get(f"{API}/webhooks")).json()["items"]
        path = f"{LIST}/{hook['id']}"
        for name in ("delegate_x", "note_taker", "delegate_y"):
            browser = await signed_in(world, name)
            for at in (LIST, path):
                assert (await browser.get(at)).status_code == 404
            assert (await send_form(browser, LIST, url=receiver.url())).status_code == 404
            assert "Webhooks" not in (await browser.get("/n/water-talks/people")).text
        for name in ("coordinator", "agency_head"):
            browser = await signed_in(world, name)
            assert (await browser.get(path)).status_code == 404
            for act in ("", "/test", "/stop", "/rotate", "/redeliver", "/end"):
                answer = await send_form(browser, f"{path}{act}", url=receiver.url())
                assert answer.status_code == 404
            assert "There is none." in await text_of(world, name, LIST)
        other = path.replace("water", "other")
        assert (await client.get(other)).status_code == 404


async def test_without_a_key_the_page_says_who_sets_it(world: World) -> None:
    keyless = world.settings.model_copy(update={"secret_key": ""})
    world.app.state.service = replace(world.app.state.service, settings=keyless)
    shown = await text_of(world, "coordinator", LIST)
    assert "NEGOTIATIONS_SECRET_KEY" in shown
    assert "New webhook" not in shown
