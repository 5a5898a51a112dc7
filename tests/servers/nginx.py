"""Run a real nginx, with the configuration that mapsite prints for it.

with nginx.serve(folder) as server:
    server.url                    # "http://127.0.0.1:PORT/"
    server.files                  # the folder that it shows: publish into it
    server.asked()                # what its access log tells

`plain(folder)` runs one as careless as a distribution's default, or worse.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mapsite.publish.hosts import host_texts
from tests.servers.ports import answers, free_ports, start, stop, wait_until
from tests.servers.programs import program

_MAIN = """\
daemon off;
{user}
pid {place}/nginx.pid;
error_log stderr info;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
    include {place}/rooms.conf;
}}
"""
_CARELESS = """\
server {{
    listen 127.0.0.1:{port};
    root "{files}";
    autoindex on;
    add_header Access-Control-Allow-Origin *;
    add_header X-Powered-By mapsite;
    add_header Set-Cookie seen=1;
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """Stand for the running server."""

    url: str
    files: Path
    place: Path

    def asked(self) -> str:
        """Return all that it wrote into its logs."""
        return "".join(path.read_text("utf-8") for path in self.place.glob("*.log"))


@contextmanager
def serve(folder: Path, *, https: bool = False) -> Iterator[Nginx]:
    """Show *folder*/files by mapsite's configuration until the block ends.

    By *https* it needs the certificate that `write_certificate` writes.
    """
    (port,) = free_ports(1)
    files = folder / "files"
    url = f"https://localhost:{port}/" if https else f"http://127.0.0.1:{port}/"
    texts = host_texts("nginx", url, str(files))
    with _running(folder, texts["rooms.conf"], port):
        yield Nginx(url, files, folder)


@contextmanager
def redirect(folder: Path) -> Iterator[Nginx]:
    """Answer by http as the configuration of https://deals.example does."""
    plain, tls = free_ports(2)
    rooms = host_texts("nginx", "https://deals.example", str(folder / "files"))
    text = rooms["rooms.conf"].replace("listen 443", f"listen {tls}")
    with _running(folder, text.replace("listen 80", f"listen {plain}"), plain):
        yield Nginx(f"http://127.0.0.1:{plain}/", folder / "files", folder)


def write_certificate(folder: Path) -> Path:
    """Write a certificate for this computer and its key; return the certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(secret)
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "fullchain.pem"


@contextmanager
def plain(folder: Path) -> Iterator[Nginx]:
    """Show *folder*/files by a configuration that keeps no promise."""
    (port,) = free_ports(1)
    files = folder / "files"
    with _running(folder, _CARELESS.format(port=port, files=files), port):
        yield Nginx(f"http://127.0.0.1:{port}/", files, folder)


@contextmanager
def _running(folder: Path, rooms: str, port: int) -> Iterator[None]:
    (folder / "files").mkdir(parents=True, exist_ok=True)
    log = folder / "nginx.log"
    process = start([*_command(folder, rooms)], log)
    try:
        wait_until(lambda: answers(port), "nginx", process, log)
        yield
    finally:
        stop(process)


def faults_of(folder: Path, rooms: str) -> str:
    """Return what `nginx -t` has against the configuration *rooms*."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*_command(folder, rooms), "-t", "-q"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr if done.returncode or "[warn]" in done.stderr else ""


def _command(folder: Path, rooms: str) -> tuple[str, ...]:
    """Write the configuration into *folder*; return how nginx is started with it."""
    # Workers of root's nginx would be nobody, who cannot read what tests write.
    user = "user root;" if os.geteuid() == 0 else ""
    rooms = rooms.replace("/var/log/nginx", str(folder))
    rooms = re.sub(r"/etc/letsencrypt/live/[^/]+", str(folder), rooms)
    # Not every machine that tests run on has IPv6.
    rooms = re.sub(r"^ *listen \[::\].*\n", "", rooms, flags=re.MULTILINE)
    (folder / "rooms.conf").write_text(rooms, "utf-8")
    (folder / "nginx.conf").write_text(_MAIN.format(user=user, place=folder), "utf-8")
    return (
        *(program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")),
        *("-e", str(folder / "start.log")),
    )
