"""CRC-32C, the checksum of the zarr format."""

from __future__ import annotations


def crc32c(payload: bytes) -> bytes:
    """The checksum as zarr stores it after the payload: four bytes, the lowest first.

    >>> crc32c(b"123456789").hex()
    '839206e3'

    Source: RFC 3720, section B.4, where the check value is e3069283.
    """
    import google_crc32c

    return int(google_crc32c.value(payload)).to_bytes(4, "little")


def sealed(payload: bytes) -> bytes:
    """The payload with its checksum."""
    return payload + crc32c(payload)


def is_sealed(stored: bytes) -> bool:
    """Whether the bytes end with the checksum of those before."""
    return len(stored) >= 4 and crc32c(stored[:-4]) == stored[-4:]
