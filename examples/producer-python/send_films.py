"""An example producer: sends films that are already de-identified to osteostream.

  send_films.py keys --site ID --out FILE
  send_films.py send FILMS.json --keys FILE --dry-run RECORDS.jsonl
  send_films.py send FILMS.json --keys FILE --brokers HOST:PORT --pending DIR [--blobs DIR]

See README.md beside this file.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import secrets
import sys
import time
import uuid
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Optional

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import osteostream_contract as contract
from osteostream_contract import Arrival, Film, Record, SiteKeys

_ATTEMPTS = 8


def write_durably(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes a whole file so that it is there, or is not, whatever happens to the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_keys(site_id: str, out: Path) -> None:
    """Makes the secrets of a site and prints what the registry must know of them."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", site_id) is None:
        sys.exit("a site id is of lower-case letters, digits and hyphens, 63 at most")
    if out.exists():
        sys.exit(f"{out} is there already: films get other ids under other keys, so keys are never replaced")
    private_key = Ed25519PrivateKey.generate()
    pkcs8 = private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    held = {"version": 1, "siteId": site_id}
    for name, secret in (("identityKey", secrets.token_bytes(32)), ("subjectKey", secrets.token_bytes(32)), ("signingKey", pkcs8)):
        held[name] = base64.b64encode(secret).decode("ascii")
    write_durably(out, json.dumps(held, indent=2).encode("utf-8"))
    keys = contract.parse_site_keys(out.read_text("utf-8"))
    public = base64.b64encode(keys.public_key).decode("ascii")
    print(json.dumps([{"keyId": keys.key_id, "publicKey": public, "validFrom": "1970-01-01T00:00:00.000Z"}], indent=2))


def load_keys(path: Path) -> SiteKeys:
    if path.stat().st_mode & 0o077:
        sys.exit(f"{path} can be read by other users: chmod 600 {path}, and think about who may have read it")
    return contract.parse_site_keys(path.read_text("utf-8"))


def sha256_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1024 * 1024), b""):
            digest.update(chunk)
    return digest.hexdigest()


def read_films(path: Path) -> "list[Film]":
    """Reads the list of films; their files are named relative to it."""
    films = []
    for entry in json.loads(path.read_text("utf-8")):
        refusal = entry.get("refusal")
        if refusal is None and entry.get("deidentified") is not True:
            sys.exit(f"{entry.get('file')}: say \"deidentified\": true once nothing in the file names a person")
        file = path.parent / entry["file"]
        if file.stat().st_size > contract.LARGEST_FILM_BYTES:
            refusal = "FILE_TOO_LARGE"
        films.append(
            Film(
                content=file.read_bytes() if refusal is None else b"",
                content_type=entry["contentType"],
                attributes=entry.get("attributes", {}),
                sop_instance_uid=entry.get("sopInstanceUid"),
                patient_id=entry.get("patientId"),
                issuer_of_patient_id=entry.get("issuerOfPatientId"),
                national_id=entry.get("nationalId"),
                original_sha256=entry.get("originalSha256") or sha256_of_file(file),
                refusal=refusal,
            )
        )
    return films


def now_text() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mint_arrival(spool_id: str, sequence: int) -> Arrival:
    now = now_text()
    milliseconds = round(datetime.fromisoformat(now.replace("Z", "+00:00")).timestamp() * 1000)
    arrival_id = contract.mint_arrival_id(milliseconds, secrets.token_bytes(10))
    return Arrival(arrival_id, now, spool_id, sequence, f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01")


class Spool:
    """Numbers what is acknowledged: 1, 2, 3 and so on without a gap, over every crash. One process at a time."""

    def __init__(self, pending: Path) -> None:
        self._file = pending.with_name(f"{pending.name}.spool.json")
        kept = json.loads(self._file.read_text("utf-8")) if self._file.exists() else {"spoolId": str(uuid.uuid4()), "last": 0}
        self.spool_id: str = kept["spoolId"]
        waiting = [json.loads(file.read_text("utf-8"))["sequence"] for file in pending.glob("*.json")]
        self._last = max([kept["last"], *waiting])
        self._keep()

    def _keep(self) -> None:
        write_durably(self._file, json.dumps({"spoolId": self.spool_id, "last": self._last}).encode("utf-8"))

    def arrival_of(self, file: Path) -> Arrival:
        """The arrival of a film that an earlier run has begun to send, or a new one; on the disk before it is used."""
        if file.exists():
            return Arrival(**json.loads(file.read_text("utf-8")))
        arrival = mint_arrival(self.spool_id, self._last + 1)
        write_durably(file, json.dumps(asdict(arrival)).encode("utf-8"))
        self._last = arrival.sequence
        self._keep()
        return arrival


def pending_file(folder: Path, keys: SiteKeys, film: Film) -> Path:
    """Where the arrival of a film is kept until both records are acknowledged."""
    return folder / f"{contract.event_id_of(keys, film)}-{contract.sha256_of(film.content)[:16]}.json"


def keep_blob(folder: Optional[Path], content: bytes) -> None:
    """Puts a film that is too large for a record into the store that the engine reads."""
    if folder is None:
        sys.exit("a film is larger than 8 MiB: name the film store with --blobs DIR")
    sha256 = contract.sha256_of(content)
    write_durably(folder / sha256[:2] / sha256, content)


def insist(work: Callable[[], int]) -> int:
    from kafka_publisher import NotStored

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return work()
        except NotStored as error:
            print(f"not stored, attempt {attempt}: {error}", file=sys.stderr)
            time.sleep(min(10, 0.2 * 2**attempt))
    sys.exit("kafka has not stored the record; start again with the same --pending folder")


def send(keys: SiteKeys, films: "list[Film]", brokers: str, pending: Path, blobs: Optional[Path]) -> None:
    """Image record, its offset, receipt, its offset, and only then is the film done."""
    from kafka_publisher import connect_publisher

    publish = connect_publisher(brokers)
    spool = Spool(pending)
    for film in films:
        file = pending_file(pending, keys, film)
        arrival = spool.arrival_of(file)
        if len(film.content) > contract.INLINE_FILM_BYTES:
            keep_blob(blobs, film.content)
        image = contract.image_record_of(keys, film, arrival, now_text())
        offset = insist(lambda: publish(image))
        receipt = contract.receipt_record_of(keys, film, arrival, image, offset)
        insist(lambda: publish(receipt))
        file.unlink()
        print(f"{arrival.arrival_id} {image.topic}:{image.partition}:{offset}")


def write_records(keys: SiteKeys, films: "list[Film]", out: Path) -> None:
    """Writes the records as JSON lines, with the offsets that they would get in an empty topic."""
    offsets: Counter = Counter()
    with open(out, "w", encoding="utf-8") as file:
        spool_id = str(uuid.uuid4())
        for sequence, film in enumerate(films, start=1):
            arrival = mint_arrival(spool_id, sequence)
            image = contract.image_record_of(keys, film, arrival, now_text())
            receipt = contract.receipt_record_of(keys, film, arrival, image, offsets[image.partition])
            offsets[image.partition] += 1
            for record in (image, receipt):
                file.write(json.dumps(line_of(record)) + "\n")


def line_of(record: Record) -> dict:
    return {**asdict(record), "value": base64.b64encode(record.value).decode("ascii")}


def main() -> None:
    parser = argparse.ArgumentParser(description="sends de-identified films to osteostream")
    commands = parser.add_subparsers(dest="command", required=True)
    keys = commands.add_parser("keys", help="make the secrets of a site; prints what the registry must know")
    keys.add_argument("--site", required=True, help="lower-case letters, digits and hyphens")
    keys.add_argument("--out", required=True, type=Path, help="file to make; readable by its owner only")
    sending = commands.add_parser("send", help="send the films of a list")
    sending.add_argument("films", type=Path, help="JSON list of films, see README.md")
    sending.add_argument("--keys", required=True, type=Path, help="key file of the site")
    target = sending.add_mutually_exclusive_group(required=True)
    target.add_argument("--dry-run", type=Path, metavar="FILE", help="write the records as JSON lines instead")
    target.add_argument("--brokers", metavar="HOST:PORT", help="Kafka brokers, comma separated")
    sending.add_argument("--pending", type=Path, metavar="DIR", help="folder of what is not yet acknowledged")
    sending.add_argument("--blobs", type=Path, metavar="DIR", help="film store, for films above 8 MiB")
    given = parser.parse_args()
    if given.command == "keys":
        make_keys(given.site, given.out)
        return
    site_keys, films = load_keys(given.keys), read_films(given.films)
    if given.dry_run is not None:
        write_records(site_keys, films, given.dry_run)
    elif given.pending is None:
        sys.exit("--brokers needs --pending DIR: an arrival keeps its id over a crash")
    else:
        send(site_keys, films, given.brokers, given.pending, given.blobs)


if __name__ == "__main__":
    main()
