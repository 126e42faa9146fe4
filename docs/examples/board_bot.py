"""A complete program for Kinboard, with nothing but docs/protocol.md, httpx and websockets.

It makes a meeting, lets two people in, writes as them with retries, loses a connection, comes
back to what it missed, and prints the board.

    KINBOARD_TOKEN=$(kinboard token) python docs/examples/board_bot.py http://localhost:8000
"""

import asyncio
import json
import os
import sys
import uuid

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


class Member:
    """One person at the board: keeps what is not confirmed, and follows the events."""

    def __init__(self, base: str, seat: dict) -> None:
        self.address = f"{base.replace('http', 'ws', 1)}/live/{seat['meeting']}"
        self.seat = seat
        self.seq = None  # the last event that was seen
        self.items = {}  # id -> fields
        self.waiting = {}  # command id -> command, until its ack or error

    async def connect(self) -> None:
        self.socket = await connect(self.address, subprotocols=["kinboard.v1.json"])
        hello = {"type": "hello", "person": self.seat["person"], "token": self.seat["token"]}
        if self.seq is not None:
            hello["after"] = self.seq
        await self.socket.send(json.dumps(hello))
        welcome = json.loads(await self.socket.recv())
        if welcome["type"] != "welcome":
            raise SystemExit(f"not let in: {welcome}")
        if "board" in welcome:
            kinds = welcome["board"]["items"].values()
            self.items = {item["id"]: item for items in kinds for item in items}
        self.follow(welcome.get("events", []))
        self.seq = welcome["seq"]
        for command in self.waiting.values():  # same ids: nothing is done twice
            await self.socket.send(json.dumps(command))

    def follow(self, events: list) -> None:
        for event in events:
            for change in event["changes"]:
                self.items.setdefault(change["id"], {}).update(change["set"])
            self.seq = event["seq"]

    async def ask(self, name: str, **data) -> int:
        """Sends a command until it is committed; the event's number."""
        command = {"type": "command", "id": uuid.uuid4().hex, "name": name, "data": data}
        self.waiting[command["id"]] = command
        try:
            await self.socket.send(json.dumps(command))
        except ConnectionClosed:
            await self.connect()
        while True:
            try:
                frame = json.loads(await self.socket.recv())
            except ConnectionClosed:
                await asyncio.sleep(0.3)
                await self.connect()
                continue
            if frame["type"] == "events":
                self.follow(frame["events"])
            elif frame.get("id") == command["id"]:
                del self.waiting[command["id"]]
                if frame["type"] == "error":
                    raise ValueError(f"{frame['code']} {frame['field']}: {frame['message']}")
                return frame["seq"]

    async def catch_up(self, seq: int) -> None:
        while self.seq < seq:
            frame = json.loads(await self.socket.recv())
            if frame["type"] == "events":
                self.follow(frame["events"])


async def main(base: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=base, headers=headers) as client:

        async def post(path: str, **data) -> dict:
            return (await client.post(path, json=data)).raise_for_status().json()

        family = await post("/api/families", name="The bot's family")
        meeting = await post(f"/api/families/{family['id']}/meetings", title="A bot's meeting")
        here = f"/api/meetings/{meeting['meeting']}"
        await post(f"{here}/open")
        seats = []
        for called, relation in (("Rosa", "mother"), ("Elena", "grandmother")):
            seat = await post("/api/join", code=meeting["code"], called=called, relation=relation)
            await post(f"{here}/people/{seat['person']}/admit", role="family")
            seats.append(seat)

    rosa, elena = (Member(base, seat) for seat in seats)
    await rosa.connect()
    await elena.connect()

    card = uuid.uuid4().hex
    await rosa.ask("card.add", id=card, column="worries", text="My shifts change every week")
    await elena.socket.close()  # the network breaks
    await rosa.ask("words.write", id=card, field="text", text="My night shifts change every week")
    try:
        await rosa.ask("card.add", column="worries", text="")
    except ValueError as refusal:
        print("refused:", refusal)
    last = await elena.ask("card.add", column="working", text="I come when Rosa calls")
    await rosa.catch_up(last)

    assert rosa.items == elena.items
    for item in rosa.items.values():
        if "column" in item:
            print(f"{item['column']}: {item['text']}")
    await rosa.socket.close()
    await elena.socket.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/"), os.environ["KINBOARD_TOKEN"]))
