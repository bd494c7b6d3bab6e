"""What one or more rounds came to, and how it is shown."""

import statistics
from dataclasses import dataclass, field

from tests.faults.book import Counted


@dataclass
class Told:
    """Faults by name, what was counted meanwhile, and how long healing took in seconds."""

    counted: Counted = field(default_factory=Counted)
    faults: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    seconds_to_heal: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Medians: in calm, with the broker paused, without it.
    push_ms: tuple[float, float, float] | None = None

    def fault(self, name: str, *, kills: bool) -> None:
        self.faults[name] = self.faults.get(name, 0) + 1
        self.kills += kills

    def add(self, other: "Told") -> None:
        self.counted.add(other.counted)
        for name, times in other.faults.items():
            self.faults[name] = self.faults.get(name, 0) + times
        self.kills += other.kills
        self.seconds_to_heal += other.seconds_to_heal
        self.notes += other.notes
        self.push_ms = other.push_ms or self.push_ms

    def figures(self) -> dict[str, float]:
        """The figures by their names, as the last line shows them."""
        calm, paused, without = self.push_ms or (0.0, 0.0, 0.0)
        healed = self.seconds_to_heal or [0.0]
        return {
            "faults": sum(self.faults.values()),
            "kills": self.kills,
            **vars(self.counted),
            "seconds_to_heal_max": round(max(healed), 1),
            "seconds_to_heal_median": round(statistics.median(healed), 1),
            "push_ms_calm": round(calm, 1),
            "push_ms_broker_paused": round(paused, 1),
            "push_ms_without_broker": round(without, 1),
        }

    def line(self) -> str:
        """One round on one line."""
        shown = ("faults", "kills", "batches", "changes", "steps", "seconds_to_heal_max")
        figures = self.figures()
        amiss = {n: figures[n] for n in Counted.FAULTLESS if figures[n]}
        return "  ".join(f"{n.split('_max')[0]} {figures[n]:g}" for n in shown) + (
            f"  AMISS {amiss}" if amiss else ""
        )

    def table(self) -> str:
        rows = [f"  {name:42} {times:6}" for name, times in sorted(self.faults.items())]
        rows += [f"  {name:42} {value:6g}" for name, value in self.figures().items()]
        return "\n".join(rows)
