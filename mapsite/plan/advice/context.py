"""What every rule looks at: one plan, what today makes of it, and what it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mapsite.plan.advice.kinds import kind_of
from mapsite.plan.advice.lexicon import Lexicon, lexicon, words_of
from mapsite.plan.advice.texts import Text, texts_of
from mapsite.plan.advice.told import Agreed, Told, days_told, open_questions
from mapsite.plan.matters import Question
from mapsite.plan.model import Plan
from mapsite.plan.past import History
from mapsite.plan.people import People
from mapsite.plan.record import last_entry
from mapsite.plan.schedule import Schedule, StepTime
from mapsite.plan.steps import Step

Limits = Mapping[str, Mapping[str, int]]
"""The numbers of each rule, by its id."""


@dataclass(frozen=True)
class Context:
    """Hold one open plan and all that its advice may follow from."""

    plan: Plan
    times: Schedule
    people: People
    history: History
    limits: Limits

    @property
    def today(self) -> date:
        """Return the day as of which the plan is looked at."""
        return self.times.today

    def limit(self, rule: str, name: str) -> int:
        """Return a number of a rule, as settings have it."""
        return self.limits[rule][name]

    @cached_property
    def visible(self) -> tuple[StepTime, ...]:
        """Return the steps that a buyer sees, without those that are off."""
        return tuple(
            time
            for time in self.times.steps
            if not time.step.hidden and time.step.status != "cancelled"
        )

    @cached_property
    def live(self) -> tuple[StepTime, ...]:
        """Return the visible steps that are still to be done."""
        return tuple(time for time in self.visible if not time.step.finished)

    @cached_property
    def by_id(self) -> dict[str, StepTime]:
        """Return every step by its id, hidden ones too."""
        return {time.step.id: time for time in self.times.steps}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the words that count in this plan's language."""
        return lexicon(self.plan.language)

    @cached_property
    def kinds(self) -> dict[str, str | None]:
        """Return the kind of each visible step by its id."""
        return {time.step.id: kind_of(time.step, self.lexicon) for time in self.visible}

    @cached_property
    def agreed(self) -> dict[str, Agreed]:
        """Return the days that each step states, by its id."""
        resolve = self.times.calendar.resolve
        return {
            time.step.id: Agreed(
                resolve(time.step.start, end=False), resolve(time.step.due)
            )
            for time in self.times.steps
        }

    @cached_property
    def later(self) -> dict[str, list[StepTime]]:
        """Return for each step the visible ones that wait for it."""
        found: dict[str, list[StepTime]] = {}
        for time in self.visible:
            for before in time.step.after:
                found.setdefault(before, []).append(time)
        return found

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """Return every visible day to come on which somebody is to do something."""
        told = days_told(self.plan, self.live, self.agreed, self.kinds)
        return tuple(one for one in told if one.day >= self.today)

    @cached_property
    def open_questions(self) -> tuple[Question, ...]:
        """Return the visible questions that wait for an answer."""
        return open_questions(self.plan)

    @cached_property
    def sides(self) -> dict[str, tuple[str, ...]]:
        """Return the sides that take part in each visible step, by its id."""
        return {time.step.id: self.people.sides(time.step) for time in self.visible}

    @cached_property
    def texts(self) -> tuple[tuple[Text, list[str]], ...]:
        """Return every text that the buyer reads, with its words."""
        return tuple((text, words_of(text.text)) for text in texts_of(self.plan))

    @cached_property
    def still(self) -> int | None:
        """Return the days since the last change that the buyer can see."""
        days = (self.history.last, last_entry(self.plan, self.today))
        past = [day for day in days if day and day <= self.today]
        return (self.today - max(past)).days if past else None

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the words of both companies' and of all people's names."""
        people = [person.name for person in self.plan.people if person.known]
        return self.companies | set(words_of(" ".join(people)))

    @cached_property
    def companies(self) -> frozenset[str]:
        """Return the words of both companies' names."""
        return frozenset(words_of(f"{self.plan.buyer.name} {self.plan.seller.name}"))

    def called(self, step: Step) -> str:
        """Name *step* in a message; a hidden one keeps its id."""
        return "an internal step" if step.hidden else step.id
