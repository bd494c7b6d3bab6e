"""A batch's shape, from the structs that its envelope and its changes are decoded with.

They keep `data` as `Raw`, which describes nothing and has a default that no schema can show;
their twins here differ in that member alone.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta

from sync.api import envelope
from sync.api.limits import BATCH_CHANGES, DATA_BYTES, DEVICE_BATCH_CHANGES

_DATA = Annotated[
    Any,
    Meta(
        description=f"The whole record, at most {DATA_BYTES} bytes; not of a delete.",
        extra_json_schema={"type": ["object", "string"]},
    ),
]


def _described(change: type[msgspec.Struct]) -> type[msgspec.Struct]:
    fields = msgspec.structs.fields(change)
    kept = [(f.name, f.type, *_default(f)) for f in fields if f.name != "data"]
    twin = msgspec.defstruct(change.__name__, [*kept, ("data", _DATA, UNSET)])
    twin.__doc__ = change.__doc__
    return twin


def _default(field: msgspec.structs.FieldInfo) -> tuple[Any, ...]:
    return () if field.required else (field.default,)


def _batch(name: str, change: type, longest: int, *bases: type) -> type[msgspec.Struct]:
    changes = Annotated[list[change], Meta(min_length=1, max_length=longest)]  # type: ignore[valid-type]
    batch = msgspec.defstruct(name, [("changes", changes)], bases=bases or None, kw_only=True)
    batch.__doc__ = f"What one push of a {name.removesuffix('Batch').lower()} delivers."
    return batch


ServerBatch = _batch(
    "ServerBatch", _described(envelope.ServerChange), BATCH_CHANGES, envelope.Frame
)
DeviceBatch = _batch("DeviceBatch", _described(envelope.DeviceChange), DEVICE_BATCH_CHANGES)
