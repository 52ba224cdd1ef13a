"""A page without a browser: speaks the socket protocol that a compiled Reflex page speaks, for load and for latency."""
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp

ROOT = "reflex___state____state"
ANY = object()


class Page:
    """One open tab: `hydrate` loads its route, `send` fires an event and waits for what it changes."""

    def __init__(self, http: aiohttp.ClientSession, base: str, path: str) -> None:
        self._http = http
        self._base = base
        self._path = path
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def open(self) -> None:
        """Connect the socket (Engine.IO 4, websocket only) and join the event namespace."""
        url = f"{self._base.replace('http', 'ws')}/_event/?EIO=4&transport=websocket&token={uuid4()}"
        self._socket = await self._http.ws_connect(url, origin=self._base, max_msg_size=0)
        await self._socket.receive()
        await self._socket.send_str("40/_event,")
        await self._next_packet("40/_event,")

    async def hydrate(self) -> dict[str, Any]:
        """Load the route as the browser does; returns the vars by substate, as they were when on_load began."""
        await self.fire(f"{ROOT}.hydrate_and_load", {})
        merged: dict[str, Any] = {}
        async for delta in self.deltas():
            for substate, changed in delta.items():
                merged.setdefault(substate, {}).update(changed)
            if delta.get(ROOT, {}).get("is_hydrated_rx_state_"):
                return merged
        raise ConnectionError("the socket closed before the page was there")

    async def send(self, name: str, payload: dict[str, Any], answer: tuple[str, str]) -> dict[str, Any]:
        """Fire an event and wait for the update that touches `answer` (substate, var); returns that update."""
        await self.fire(name, payload)
        return await self.until(answer)

    async def until(self, answer: tuple[str, str], value: Any = ANY) -> dict[str, Any]:
        """The next update that touches a var, or that sets it to `value`."""
        substate, var = answer
        async for delta in self.deltas():
            changed = delta.get(substate, {})
            if f"{var}_rx_state_" in changed and value in (ANY, changed[f"{var}_rx_state_"]):
                return delta
        raise ConnectionError("the socket closed before the answer came")

    async def fire(self, name: str, payload: dict[str, Any]) -> None:
        """Fire an event and do not wait."""
        assert self._socket is not None
        event = {"name": name, "payload": payload, "router_data": {"pathname": self._path, "asPath": self._path}}
        await self._socket.send_str("42/_event," + json.dumps(["event", event]))

    async def deltas(self) -> AsyncIterator[dict[str, Any]]:
        """Every update's changed vars by substate, as they come."""
        while True:
            kind, *arguments = json.loads(await self._next_packet("42/_event,"))
            if kind == "event" and arguments[0].get("delta"):
                yield arguments[0]["delta"]

    async def close(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()

    async def _next_packet(self, prefix: str) -> str:
        assert self._socket is not None
        while True:
            message = await self._socket.receive()
            if message.type != aiohttp.WSMsgType.TEXT:
                raise ConnectionError(str(message))
            if message.data == "2":
                await self._socket.send_str("3")
            elif message.data.startswith(prefix):
                return message.data[len(prefix) :]
