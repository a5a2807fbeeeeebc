"""Which endpoints a query may have asked, and which addresses a connection may go to."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from castgraph.errors import UsageError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOOPBACK = (ipaddress.IPv4Network("127.0.0.0/8"), ipaddress.IPv6Network("::1/128"))


@dataclass(frozen=True)
class Allowed:
    """The endpoints that may be asked, by their whole address, and the networks that may be connected to.

    Public addresses may be. Another (private, loopback, link-local and so on) only where it is listed: as a network, or
    as the host of an endpoint.
    """

    endpoints: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, setting: str) -> Allowed:
        """Read the setting: addresses of endpoints and networks, with spaces between.

        >>> Allowed.of("https://query.example.org/sparql http://db.internal:3030/films 10.1.0.0/16").endpoints
        ('https://query.example.org/sparql', 'http://db.internal:3030/films')

        Raises:
            UsageError: an entry is neither.
        """
        endpoints: list[str] = []
        networks: list[Network] = []
        for entry in setting.split():
            if "://" not in entry:
                try:
                    networks.append(ipaddress.ip_network(entry))
                except ValueError as error:
                    said = f"service_allow: {entry!r} is neither the address of an endpoint nor a network ({error})"
                    raise UsageError(said) from error
                continue
            try:
                parts = urlsplit(entry)
                is_sound = bool(parts.hostname) and parts.port != 0
            except ValueError:
                is_sound = False
            if not is_sound or parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.fragment:
                said = f"service_allow: {entry!r} is no http or https address without user name and fragment"
                raise UsageError(said)
            endpoints.append(entry)
        return cls(tuple(endpoints), tuple(networks))

    def has(self, endpoint: str) -> bool:
        """Whether an endpoint may be asked. It is compared sign for sign."""
        return endpoint in self.endpoints

    def told(self) -> str:
        """The endpoints, for a message."""
        return f" ({', '.join(self.endpoints)})" if self.endpoints else ": it sends no requests to others"

    def may_connect(self, address: str, host: str) -> bool:
        """Whether a connection may go to an address that a host of an endpoint has.

        >>> Allowed().may_connect("93.184.215.14", "example.org"), Allowed().may_connect("169.254.169.254", "example.org")
        (True, False)
        """
        number = _plain(ipaddress.ip_address(address.partition("%")[0]))
        if number.is_global and not number.is_multicast:
            return True
        if any(number in network for network in self.networks):
            return True
        if host.lower() == "localhost":
            return any(number in network for network in _LOOPBACK)
        try:
            return number == _plain(ipaddress.ip_address(host))  # the list names the address itself
        except ValueError:
            return False


def _plain(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where there is one: that is where the packets go."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
