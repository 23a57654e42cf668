"""A certificate that the server makes for itself, because Excel loads add-ins over HTTPS alone."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_DAYS = 397  # the longest that Apple's systems take
_RENEW_DAYS = 14
_NAME = "xlmodel"


def own_certificate(folder: Path, hosts: Iterable[str]) -> tuple[Path, Path]:
    """Return the files of a certificate and its key; those in the folder, while they are good for the hosts.

    Args:
        folder: where they are kept; made when it is missing.
        hosts: names and addresses that the server answers to.

    Raises:
        OSError: the folder cannot be written.
    """
    certificate, key = folder / f"{_NAME}.crt", folder / f"{_NAME}.key"
    names = x509.SubjectAlternativeName([_general_name(host) for host in dict.fromkeys(hosts)])
    if not (key.exists() and certificate.exists() and _good(certificate.read_bytes(), names)):
        folder.mkdir(parents=True, exist_ok=True)
        made, secret = _make(names)
        key.unlink(missing_ok=True)
        key.touch(mode=0o600)
        key.write_bytes(secret)
        certificate.write_bytes(made)
    return certificate, key


def _good(data: bytes, names: x509.SubjectAlternativeName) -> bool:
    try:
        found = x509.load_pem_x509_certificate(data)
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=_RENEW_DAYS)
    return found.not_valid_after_utc > soon and set(names) <= set(listed)


def _make(names: x509.SubjectAlternativeName) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{_NAME} server")])
    now = dt.datetime.now(dt.UTC)
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    # no authority: whoever trusts it trusts this server, and nothing that its key might sign
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usages, critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM), key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
