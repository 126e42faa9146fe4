"""What `make run` prints: the links of the demo meeting, and a QR code for phones."""

from __future__ import annotations

import io
import socket

import segno

from app.access.tokens import show_code
from app.demo.load import load
from app.live.house import House
from app.settings import Settings


def public_url(settings: Settings) -> str:
    """The address at which phones on the same network reach this machine."""
    if settings.public_url:
        return settings.public_url
    host = settings.host
    if host in ("0.0.0.0", "::"):
        host = _own_address()
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _own_address() -> str:
    """The address of the network card that leads outside; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # set apart for documentation: nobody is there
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"


async def prepare(house: House) -> str:
    """Loads the demo where it is not there yet; the text to print."""
    demo = await load(house)
    settings = house.settings
    is_open_to_all = settings.host in ("0.0.0.0", "::")
    here = f"http://localhost:{settings.port}" if is_open_to_all else public_url(settings)
    wall = demo["seats"]["wall"]
    join = f"{public_url(settings)}/j/{demo['code']}"
    drawn = io.StringIO()
    segno.make(join, error="l").terminal(drawn, compact=True, border=1)
    return (
        f"\nKinboard with a demo meeting.\n\n{drawn.getvalue()}\n"
        f"Join from a phone:  {join}   (code {show_code(demo['code'])})\n"
        f"Facilitator:        {here}/enter/{demo['enter']}?meeting={demo['meeting']}\n"
        f"Projector:          {here}/project/{demo['meeting']}/{wall['person']}/{wall['token']}\n"
        f"Account:            {demo['email']}   password: {demo['password']}   "
        f"at {here}/desk/sign-in\n\n"
        "Alone? `.venv/bin/kinboard play` in another terminal lets programs play the meeting.\n"
        "Ctrl-C ends.\n"
    )
