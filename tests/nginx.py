"""A real nginx with deploy/nginx.conf.example, with TLS, in front of workers of a test."""

from __future__ import annotations

import datetime
import ipaddress
import re
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.settings import ROOT
from tests.server import free_port
from tests.services import Service

_EXAMPLE = ROOT / "deploy" / "nginx.conf.example"

_FRAME = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.txt;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


class Nginx(Service):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"https://127.0.0.1:{self.port}"
        self.certificate = folder / "board.pem"
        self._key = folder / "board.key"
        make_certificate(self.certificate, self._key)

    def lead_to(self, ports: list[int]) -> None:
        """Writes its configuration; only addresses and paths of the example are changed."""
        site = _EXAMPLE.read_text()
        line = re.search(r"server 127\.0\.0\.1:8001(.*;)\n", site)
        assert line
        servers = "".join(f"server 127.0.0.1:{port}{line[1]}\n" for port in ports)
        changes = {
            r"( +server 127\.0\.0\.1:800\d.*\n)+": servers,
            r"listen 80;": f"listen 127.0.0.1:{free_port()};",
            r"listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            r"board\.example\.org;": "127.0.0.1;",
            r"/etc/ssl/certs/board\.example\.org\.pem": str(self.certificate),
            r"/etc/ssl/private/board\.example\.org\.key": str(self._key),
        }
        for old, new in changes.items():
            site, count = re.subn(old, new, site)
            assert count, old
        frame = _FRAME.format(folder=self.folder, site=site)
        (self.folder / "nginx.conf").write_text(frame)

    def command(self) -> list[str]:
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        # As root it would work as another user, who cannot read the tests' folder.
        own = ["-g", "user root;"] if Path.home() == Path("/root") else []
        return [nginx, "-e", "stderr", "-c", str(self.folder / "nginx.conf"), *own]


def make_certificate(certificate: Path, key_file: Path) -> None:
    """For this machine alone, valid for a day, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
