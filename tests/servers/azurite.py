"""Run Azurite, Microsoft's own stand-in for Azure Blob Storage, from npm.

with azurite.serve(folder) as azure:
    place = azure.place()                        # a fresh az:// address, and where
    place.url, place.address                     # everybody can read what is there
    azure.environment                            # credentials
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.node import node, node_modules
from tests.servers.ports import answers, free_ports, start, stop, wait_until
from tests.servers.seaweedfs import Place

CONTAINER = "rooms"
ACCOUNT = "devstoreaccount1"
KEY = (  # Azurite's own, which its handbook prints; it opens nothing.
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


@dataclass(frozen=True, slots=True)
class Azure:
    """Stand for the running server."""

    endpoint: str
    connection: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Return what clients read their credentials from."""
        return {"AZURE_STORAGE_CONNECTION_STRING": self.connection}

    def place(self) -> Place:
        """Return a folder that no other test uses."""
        name = secrets.token_hex(6)
        return Place(f"az://{CONTAINER}/{name}", f"{self.endpoint}/{CONTAINER}/{name}/")


@contextmanager
def serve(folder: Path) -> Iterator[Azure]:
    """Run the server, with its files in memory, until the block ends."""
    from azure.storage.blob import BlobServiceClient  # noqa: PLC0415  # slow

    folder.mkdir(parents=True, exist_ok=True)
    main = node_modules(Path(__file__).parent) / "azurite/dist/src/blob/main.js"
    log = folder / "azurite.log"
    (port,) = free_ports(1)
    process = start(
        [
            *(str(node()), str(main), "--blobHost", "127.0.0.1"),
            *("--blobPort", str(port), "--inMemoryPersistence", "--silent"),
            *("--disableTelemetry", "--skipApiVersionCheck"),
        ],
        log,
    )
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    connection = (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
        f"BlobEndpoint={endpoint};"
    )
    try:
        wait_until(lambda: answers(port), "Azurite", process, log)
        with BlobServiceClient.from_connection_string(connection) as service:
            service.create_container(CONTAINER, public_access="blob")
        yield Azure(endpoint, connection)
    finally:
        stop(process)
