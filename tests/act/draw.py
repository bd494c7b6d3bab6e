"""What chance decided: a record's fate follows from seed, kind and number alone."""

import random
import struct
from hashlib import blake2b

Fate = tuple[int, int, int, int, int, int, int, int]
_UNPACK = struct.Struct("<8I").unpack
_ODD = 0x9E3779B1
_BACK = pow(_ODD, -1, 2**32)


class Chance:
    """All that is drawn for one seed. No record is kept: each draw can be repeated."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._keys: dict[str, int] = {}

    def fate(self, kind: str, number: int) -> Fate:
        """Eight independent numbers below 2³² for a record."""
        return _UNPACK(blake2b(b"%d/%b/%d" % (self.seed, kind.encode(), number)).digest()[:32])

    def dice(self, kind: str, number: int) -> random.Random:
        """Dice for whatever else is to be decided about a record."""
        return random.Random(int.from_bytes(struct.pack("<8I", *self.fate(kind, number)), "little"))

    def guid(self, kind: str, number: int) -> str:
        """The record's id, in which its number stands scrambled: no index is needed to find it."""
        head = (number * _ODD + self._key(kind)) & 0xFFFFFFFF
        tail = blake2b(
            b"%d/id/%b/%d" % (self.seed, kind.encode(), number), digest_size=12
        ).hexdigest()
        return f"{head:08x}-{tail[:4]}-4{tail[5:8]}-a{tail[9:12]}-{tail[12:]}"

    def number(self, kind: str, guid: str) -> int | None:
        """The number in an id that `guid` gave for this kind; None for any other text."""
        try:
            head = int(guid[:8], 16)
        except ValueError:
            return None
        number = ((head - self._key(kind)) * _BACK) & 0xFFFFFFFF
        return number if self.guid(kind, number) == guid.lower() else None

    def _key(self, kind: str) -> int:
        if kind not in self._keys:
            self._keys[kind] = self.fate(f"key of {kind}", 0)[0]
        return self._keys[kind]
