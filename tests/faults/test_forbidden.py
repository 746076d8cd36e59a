"""F24, reduced: nothing leaves for an address that isn't public."""

from faults import forbidden


async def test_no_request_leaves_for_an_address_that_is_not_public() -> None:
    report = await forbidden.run("1", share=7, flips=150)
    assert report.broken == [], report.text()
    assert sum(report.tries.values()) > 1000
    assert len(report.reached) > 100
