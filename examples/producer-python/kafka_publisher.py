"""Publishes records through whichever Kafka client this Python has: confluent_kafka, or else kafka-python.

Either way the same rule holds: an acknowledgement without an offset is a failure. The record may not be in the
log, and must be sent again.
"""

from __future__ import annotations

from typing import Callable

from osteostream_contract import IMAGES_TOPIC, MAX_MESSAGE_BYTES, RECEIPTS_TOPIC, Record

Publish = Callable[[Record], int]

_ACKNOWLEDGED_WITHIN_S = 60
# Films are compressed already, or do not gain by it; small JSON does.
_COMPRESSION = {IMAGES_TOPIC: "none", RECEIPTS_TOPIC: "zstd"}


class NotStored(Exception):
    """Kafka has not said where the record stands."""


def stored_offset(offset: "int | None") -> int:
    """The offset of an acknowledgement; raises NotStored where it has none."""
    if offset is None or offset < 0:
        raise NotStored("kafka acknowledged a record without an offset")
    return offset


def _encoded(record: Record) -> "list[tuple[str, bytes]]":
    return [(name, value.encode("utf-8")) for name, value in record.headers.items()]


def _with_confluent(brokers: str) -> Publish:
    from confluent_kafka import Producer

    def open_producer(compression: str) -> Producer:
        return Producer(
            {
                "bootstrap.servers": brokers,
                "acks": "all",
                "enable.idempotence": True,
                "compression.type": compression,
                "message.max.bytes": MAX_MESSAGE_BYTES,
                # Gives up before `flush` does, so that a record is never sent again while it may still go out.
                "delivery.timeout.ms": (_ACKNOWLEDGED_WITHIN_S - 10) * 1000,
            }
        )

    producers = {topic: open_producer(compression) for topic, compression in _COMPRESSION.items()}

    def publish(record: Record) -> int:
        answers: list = []
        producer = producers[record.topic]
        producer.produce(
            record.topic,
            key=record.key.encode("utf-8"),
            value=record.value,
            headers=_encoded(record),
            partition=record.partition,
            on_delivery=lambda error, message: answers.append((error, message)),
        )
        producer.flush(_ACKNOWLEDGED_WITHIN_S)
        if not answers:
            raise NotStored("kafka has not answered")
        error, message = answers[0]
        if error is not None:
            raise NotStored(str(error))
        return stored_offset(message.offset())

    return publish


def _with_kafka_python(brokers: str) -> Publish:
    from kafka import KafkaProducer
    from kafka.codec import has_zstd
    from kafka.errors import KafkaError

    def open_producer(compression: str) -> KafkaProducer:
        return KafkaProducer(
            bootstrap_servers=brokers.split(","),
            acks="all",
            compression_type="zstd" if compression == "zstd" and has_zstd() else None,
            max_request_size=MAX_MESSAGE_BYTES,
            max_in_flight_requests_per_connection=1,
        )

    try:
        producers = {topic: open_producer(compression) for topic, compression in _COMPRESSION.items()}
    except KafkaError as error:
        raise SystemExit(f"kafka cannot be reached at {brokers}: {error}") from error

    def publish(record: Record) -> int:
        sent = producers[record.topic].send(
            record.topic,
            key=record.key.encode("utf-8"),
            value=record.value,
            headers=_encoded(record),
            partition=record.partition,
        )
        try:
            return stored_offset(sent.get(timeout=_ACKNOWLEDGED_WITHIN_S).offset)
        except KafkaError as error:
            raise NotStored(str(error)) from error

    return publish


def connect_publisher(brokers: str) -> Publish:
    """A function that publishes a record and answers with its offset; raises NotStored."""
    try:
        return _with_confluent(brokers)
    except ModuleNotFoundError:
        pass
    try:
        return _with_kafka_python(brokers)
    except ModuleNotFoundError:
        raise SystemExit("install confluent-kafka or kafka-python, or use --dry-run FILE") from None
