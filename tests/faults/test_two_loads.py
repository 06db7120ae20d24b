"""Two loads at once: the second is refused, the first is not disturbed, and a reader is warned."""

import threading

from tests.faults.commands import Command, is_refused
from tests.faults.proxy import wire
from tests.faults.worlds import picture


def test_the_second_of_two_loads_is_refused_and_the_first_is_not_disturbed(
    shared_base, engine, journeys, run_kb
):
    journey, go_on = journeys[0], threading.Event()
    journey.start()
    with wire(engine, at=len(journey.sent) // 2, strike=lambda: go_on.wait(60)) as (passed, environment):
        first = Command(*journey.words, environment=environment)
        first.until(lambda: len(passed.sent) >= len(journey.sent) // 2)
        for words in (journey.words, ("unload", "tiny")):
            assert "another load is running. Wait until it is done" in is_refused(run_kb(*words))
        assert "the load of dataset tiny goes on, or was cut off" in run_kb("find", "Person").stderr
        go_on.set()
        done = first.done()
    assert (done.exit_code, done.stderr) == (0, "")
    assert picture(shared_base) == journey.after
