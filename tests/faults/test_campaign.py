"""A part of the campaign of `make faults`: a hundredth, or with the long figures a tenth."""

import os
import time

from tests.conftest import LONG_FIGURES
from tests.faults.campaign import HUNDREDTH, TENTH, campaign


def test_nothing_accepted_is_lost_or_doubled_whatever_happens() -> None:
    seed = int(os.environ.get("SEED") or time.time())
    scale = TENTH if LONG_FIGURES else HUNDREDTH
    told = campaign(scale, seed)
    assert not told.counted.amiss(), "\n".join([f"SEED={seed}", told.table(), *told.notes])
    assert told.counted.batches >= scale.seeds * scale.batches
    assert told.kills >= scale.seeds
