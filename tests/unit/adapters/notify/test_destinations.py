from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from dq_platform.adapters.notify.destinations import Destinations
from dq_platform.errors import DeliveryFailed

PUBLIC = ("93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")
PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::127.0.0.1"),
    # IPv4 in other clothes: mapped, 6to4, NAT64, Teredo.
    *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "2002:7f00:1::", "64:ff9b::a9fe:a9fe", "2001:0:7f00:1::1"),
)


def leading_to(*addresses: str, allowed: Sequence[str] = ()) -> Destinations:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return Destinations([ip_network(one) for one in allowed], resolve)


@pytest.mark.parametrize("address", PUBLIC)
async def test_public_addresses_are_reached(address: str) -> None:
    place = await leading_to(address).place("example.com", 443)
    assert (place.address, place.allowed) == (address, False)
    assert not leading_to().objection(address)


@pytest.mark.parametrize("address", PRIVATE)
async def test_all_others_are_refused(address: str) -> None:
    with pytest.raises(DeliveryFailed) as error:
        await leading_to(address).place("example.com", 443)
    assert (error.value.reason, error.value.may_heal) == ("NOTIFICATION_DESTINATION_REFUSED", False)
    assert address not in error.value.message
    assert "no public address" in leading_to().objection(address)


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.0.0/16"), ("::ffff:10.1.2.3", "10.1.0.0/16"), ("fd00::1", "fd00::/8"), ("::1", "::1/128")],
)
async def test_a_network_that_a_setting_names_is_reached(address: str, network: str) -> None:
    place = await leading_to(address, allowed=[network]).place("example.com", 443)
    assert (place.address, place.allowed) == (address, True)
    with pytest.raises(DeliveryFailed):
        await leading_to("10.2.0.1", allowed=[network]).place("example.com", 443)


async def test_the_first_address_that_may_be_reached_is_taken() -> None:
    assert (await leading_to("10.0.0.1", *PUBLIC).place("example.com", 443)).address == PUBLIC[0]


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost"])
async def test_the_systems_resolver_reads_other_spellings_which_are_judged_as_what_they_are(spelling: str) -> None:
    with pytest.raises(DeliveryFailed) as error:
        await Destinations().place(spelling, 443)
    assert error.value.reason == "NOTIFICATION_DESTINATION_REFUSED"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "a..b"])
async def test_a_name_that_leads_nowhere_may_lead_somewhere_later(host: str) -> None:
    with pytest.raises(DeliveryFailed) as error:
        await Destinations().place(host, 443)
    assert (error.value.reason, error.value.may_heal) == ("NOTIFICATION_UNREACHABLE", True)
