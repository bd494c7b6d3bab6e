"""Two hands at one mailbox at once: what is promised holds whichever comes first.

`race.py` runs sides at once, over and over; `gates.py` holds one of them at a chosen moment, so
that a fault which needs an unlucky order fails every time; `books.py` recounts what was kept.
Repetitions: 3 a race, with `LONG_FIGURES=1` 200. `SEED=…` repeats a run's delays.
"""
