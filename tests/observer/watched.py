"""Veille in the same place as the naive reader: the whole window, in the discreet mode that it begins with."""

import os
from pathlib import Path

from tests.internet import Internet
from tests.observer.control import visit
from tests.observer.stage import Stage, surroundings
from tests.simulated import Person
from veille.model import Query
from veille.net.gateway import Limits

LIMITS = Limits(bytes=5_000_000, seconds=2, connect=1)  # the same rules, sooner


class Veille:
    """A person who watches every stage, reads everything and opens every link."""

    def __init__(self, internet: Internet, stages: list[Stage], folder: Path) -> None:
        self._internet = internet
        self._person = Person(folder, internet, limits=LIMITS)
        for stage in stages:
            for address in stage.watched:
                self._person.services.curation.add_feed(address)
        self._begun = False
        self._set = surroundings(stages)
        os.environ.update(self._set)

    def tick(self) -> None:
        if not self._begun:
            self._begun = True
            self._person.refresh()
        else:
            self._person.tick()

    def read(self) -> None:
        """Show every item in the reader."""
        person = self._person
        for number in person.services.library.listing(Query()).ids:
            person.window.reader.show_hit(person.services.library.item(number))
            person.app.processEvents()

    def follow(self) -> None:
        """Open every link, all the same."""
        person = self._person
        reader = person.window.reader
        for number in person.services.library.listing(Query()).ids:
            reader.show_hit(person.services.library.item(number))
            if not reader.address:
                continue
            person.window.revealing.open(reader.address)
            all_the_same = [each for each in reader.strip.choices if each.text() == "Open all the same"]
            all_the_same[0].click()
            person.settle()
        for address in person.opened:
            visit(self._internet, address)
        person.opened.clear()

    def close(self) -> None:
        self._person.close()
        for name in self._set:
            del os.environ[name]
