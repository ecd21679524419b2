"""From a film to its two records: version 1 of the contract of osteostream, for a producer at a clinic.

Pure functions over bytes and text; nothing here opens a file or a connection. The words and limits are those of
contracts/asyncapi.json and contracts/schemas/.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Mapping, Optional

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)

IMAGES_TOPIC = "hip.images.v1"
RECEIPTS_TOPIC = "hip.receipts.v1"
# Fixed for version 1 of both topics: all arrivals of one film meet in one partition.
PARTITIONS = 12
MAX_MESSAGE_BYTES = 12 * 1024 * 1024
SIGNATURE_VERSION = "1"
INLINE_FILM_BYTES = 8 * 1024 * 1024
LARGEST_FILM_BYTES = 64 * 1024 * 1024

# What the engine strips from both ends of an identifier: white space and line ends of ECMAScript.
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


@dataclass(frozen=True)
class SiteKeys:
    """What only the site knows; nothing of it travels but the public key."""

    site_id: str
    identity_key: bytes
    subject_key: bytes
    programme_key: Optional[bytes]
    signing_key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """SPKI, as the site registry holds it in base64."""
        return self.signing_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def key_id(self) -> str:
        return hashlib.sha256(self.public_key).hexdigest()[:16]


@dataclass(frozen=True)
class Film:
    """A film that is already de-identified, and what stays behind at the clinic."""

    content: bytes
    content_type: str
    attributes: Mapping[str, object]
    sop_instance_uid: Optional[str] = None
    patient_id: Optional[str] = None
    issuer_of_patient_id: Optional[str] = None
    national_id: Optional[str] = None
    # SHA-256 of the file as it came, before anything was taken out; the content's own where it came like this.
    original_sha256: Optional[str] = None
    # Why the file must not leave the clinic; the content is then empty.
    refusal: Optional[str] = None


@dataclass(frozen=True)
class Arrival:
    """One delivery of a film: minted once, when the film is safe, and the same over every retry."""

    # A UUID of version 7 whose instant is received_at.
    arrival_id: str
    received_at: str
    # The spool that acknowledged the film, and the number that it gave: 1, 2, 3 and so on, without a gap.
    spool_id: str
    sequence: int
    traceparent: str


@dataclass(frozen=True)
class Record:
    topic: str
    key: str
    partition: int
    headers: Mapping[str, str]
    value: bytes


def parse_site_keys(text: str) -> SiteKeys:
    """Reads a key file of version 1, the same that `osteostream sites apply` makes."""
    held = json.loads(text)
    if held["version"] != 1:
        raise ValueError("the key file is of another version")
    signing_key = load_der_private_key(base64.b64decode(held["signingKey"]), password=None)
    if not isinstance(signing_key, Ed25519PrivateKey):
        raise ValueError("the signing key is not an Ed25519 key")
    programme = held.get("programmeKey")
    keys = SiteKeys(
        site_id=held["siteId"],
        identity_key=base64.b64decode(held["identityKey"]),
        subject_key=base64.b64decode(held["subjectKey"]),
        programme_key=None if programme is None else base64.b64decode(programme),
        signing_key=signing_key,
    )
    for secret in (keys.identity_key, keys.subject_key, keys.programme_key):
        if secret is not None and len(secret) < 32:
            raise ValueError("a secret of the key file is shorter than 32 bytes")
    return keys


def trimmed(text: Optional[str]) -> Optional[str]:
    """An identifier without what DICOM pads it with; None where nothing is left."""
    bare = "" if text is None else text.replace("\0", "").strip(_BLANKS)
    return bare or None


def pseudonym(key: bytes, domain: str, *parts: str) -> str:
    """HMAC-SHA-256 over the domain and the parts, each behind its length in bytes (big endian, 32 bits)."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in (domain, *parts):
        encoded = part.encode("utf-8")
        mac.update(len(encoded).to_bytes(4, "big") + encoded)
    return mac.hexdigest()


def event_id_of(keys: SiteKeys, film: Film) -> str:
    """Which film: from its SOP Instance UID, or from the hash of the file as it came where it has none."""
    uid = trimmed(film.sop_instance_uid)
    if uid is not None:
        return pseudonym(keys.identity_key, "sop-instance", uid)
    return pseudonym(keys.identity_key, "content", film.original_sha256 or sha256_of(film.content))


def subject_key_of(keys: SiteKeys, film: Film) -> str:
    """Whose film, within the site. A film without a patient id gets a person of its own."""
    patient = trimmed(film.patient_id)
    if patient is None:
        return pseudonym(keys.subject_key, "film", event_id_of(keys, film))
    return pseudonym(keys.subject_key, "patient", trimmed(film.issuer_of_patient_id) or "", patient)


def link_key_of(keys: SiteKeys, film: Film) -> Optional[str]:
    """Whose film, across the sites of a programme; None without a national id or a programme."""
    national = trimmed(film.national_id)
    if national is None or keys.programme_key is None:
        return None
    return pseudonym(keys.programme_key, "national", national)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def murmur2(data: bytes) -> int:
    """Murmur2 as Kafka's Java client computes it, as an unsigned 32-bit number."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    value = 0x9747B28C ^ len(data)
    whole = len(data) - len(data) % 4
    for at in range(0, whole, 4):
        word = int.from_bytes(data[at : at + 4], "little") * m & mask
        word = (word ^ word >> 24) * m & mask
        value = (value * m & mask) ^ word
    if len(data) > whole:
        value = (value ^ int.from_bytes(data[whole:], "little")) * m & mask
    value = (value ^ value >> 13) * m & mask
    return value ^ value >> 15


def partition_of(key: str) -> int:
    return (murmur2(key.encode("utf-8")) & 0x7FFFFFFF) % PARTITIONS


def blob_reference_of(sha256: str) -> str:
    """The claim check of a film that is too large for a record."""
    return f"blob:sha256:{sha256}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _event_headers(event_type: str, content_type: str, keys: SiteKeys, event_id: str, arrival: Arrival) -> dict[str, str]:
    return {
        "content-type": content_type,
        "ce_specversion": "1.0",
        "ce_type": event_type,
        "ce_source": f"/sites/{keys.site_id}",
        "ce_id": arrival.arrival_id,
        "ce_subject": event_id,
        "ce_time": arrival.received_at,
        "traceparent": arrival.traceparent,
    }


def mint_arrival_id(milliseconds: int, random: bytes) -> str:
    """A UUID of version 7 (RFC 9562): milliseconds since 1970, then ten random bytes."""
    raw = bytearray(milliseconds.to_bytes(6, "big") + random[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def signed_text(headers: Mapping[str, str]) -> str:
    """What the site signs: one line for each field, joined by line feeds; what is absent is an empty line."""
    return "\n".join(
        [
            f"osteostream.film.{SIGNATURE_VERSION}",
            headers["ce_sitekeyid"],
            headers["ce_siteid"],
            headers["ce_lane"],
            headers["ce_spoolid"],
            headers["ce_sequence"],
            headers["ce_subject"],
            headers["ce_id"],
            headers["ce_time"],
            headers["ce_sentat"],
            headers["content-type"],
            headers["ce_contentsize"],
            headers["ce_contentsha256"],
            sha256_of(headers["ce_attributes"].encode("utf-8")),
            headers["ce_subjectfrom"],
            headers["ce_subjectkey"],
            headers.get("ce_linkkey", ""),
            headers.get("ce_gaterefusal", ""),
        ]
    )


def image_record_of(keys: SiteKeys, film: Film, arrival: Arrival, sent_at: str) -> Record:
    """The image record: metadata in the headers, the film itself as the value; signed when it is sent."""
    if film.refusal is not None and film.content:
        raise ValueError("a film that is kept back must not travel")
    if len(film.content) > LARGEST_FILM_BYTES:
        raise ValueError("the film is larger than 64 MiB: keep it back as FILE_TOO_LARGE")
    event_id, content_sha256 = event_id_of(keys, film), sha256_of(film.content)
    headers = {
        **_event_headers("org.osteostream.image.v1", film.content_type, keys, event_id, arrival),
        "ce_sentat": sent_at,
        "ce_siteid": keys.site_id,
        "ce_spoolid": arrival.spool_id,
        "ce_sequence": str(arrival.sequence),
        "ce_lane": "live",
        "ce_sigversion": SIGNATURE_VERSION,
        "ce_sitekeyid": keys.key_id,
        "ce_contentsize": str(len(film.content)),
        "ce_contentsha256": content_sha256,
        "ce_subjectkey": subject_key_of(keys, film),
        "ce_subjectfrom": "film" if trimmed(film.patient_id) is None else "patient",
        "ce_attempt": "1",
        "ce_attributes": _json(film.attributes),
    }
    is_inline = len(film.content) <= INLINE_FILM_BYTES
    optional = {
        "ce_linkkey": link_key_of(keys, film),
        "ce_dataref": None if is_inline else blob_reference_of(content_sha256),
        "ce_gaterefusal": film.refusal,
    }
    headers.update({name: value for name, value in optional.items() if value is not None})
    signature = keys.signing_key.sign(signed_text(headers).encode("utf-8"))
    headers["ce_sitesig"] = base64.b64encode(signature).decode("ascii")
    value = film.content if is_inline else b""
    return Record(IMAGES_TOPIC, event_id, partition_of(event_id), headers, value)


def receipt_record_of(keys: SiteKeys, film: Film, arrival: Arrival, image: Record, offset: int) -> Record:
    """The receipt, once Kafka has acknowledged the image record with its offset."""
    signed = image.headers
    receipt = {
        "arrivalId": arrival.arrival_id,
        "eventId": image.key,
        "siteId": keys.site_id,
        "spoolId": arrival.spool_id,
        "sequence": arrival.sequence,
        "receivedAt": arrival.received_at,
        "sentAt": signed["ce_sentat"],
        "subjectKey": signed["ce_subjectkey"],
        "subjectFrom": signed["ce_subjectfrom"],
        "contentType": film.content_type,
        "contentSize": len(film.content),
        "contentSha256": signed["ce_contentsha256"],
        "lane": signed["ce_lane"],
        "attributesSha256": sha256_of(signed["ce_attributes"].encode("utf-8")),
        "keyId": keys.key_id,
        "signature": signed["ce_sitesig"],
        "image": {"topic": image.topic, "partition": image.partition, "offset": str(offset)},
    }
    for name, header in (("linkKey", "ce_linkkey"), ("gateRefusal", "ce_gaterefusal")):
        if header in signed:
            receipt[name] = signed[header]
    headers = _event_headers("org.osteostream.receipt.v1", "application/json", keys, image.key, arrival)
    return Record(RECEIPTS_TOPIC, image.key, partition_of(image.key), headers, _json(receipt).encode("utf-8"))
