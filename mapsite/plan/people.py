"""Who does what: owners written as ids or words, and the side that each is on."""

from __future__ import annotations

from dataclasses import dataclass

from mapsite.plan.model import Person, Plan
from mapsite.plan.steps import Owner, Step

SIDES = ("buyer", "seller")


@dataclass(frozen=True, slots=True)
class Who:
    """Hold one owner: a person of the plan, or words."""

    words: str
    """The person's name, position where nobody knows it, or the words as written.

    Empty for a hidden person.
    """
    side: str | None = None
    person: Person | None = None
    """Never a hidden one."""
    does: str | None = None

    @property
    def hidden(self) -> bool:
        """Tell whether only the seller's team may be named."""
        return not self.words


class People:
    """Find the people of one plan by what its fields call them."""

    def __init__(self, plan: Plan) -> None:
        """Index the people of *plan*."""
        self._plan = plan
        self._by_id = {person.id: person for person in plan.people}
        self._names = {
            "buyer": f"{plan.buyer.name.casefold()} ",
            "seller": f"{plan.seller.name.casefold()} ",
        }
        self._owners: dict[str, tuple[Who, ...]] = {}

    def find(self, text: str, side: str | None = None, does: str | None = None) -> Who:
        """Return whom *text* names; a hidden person is nobody but the seller's team."""
        person = self._by_id.get(text)
        if person is None:
            return Who(text, side or self._side_of_words(text), does=does)
        if person.hidden:
            return Who("", "seller")
        called = person.name if person.known else person.title or person.id
        return Who(called, person.side, person, does)

    def owners(self, step: Step) -> tuple[Who, ...]:
        """Return the owners of *step* that may be shown, in order, nobody twice."""
        # Each person's row asks for the owners of all steps.
        if step.id not in self._owners:
            self._owners[step.id] = self._owners_of(step)
        return self._owners[step.id]

    def _owners_of(self, step: Step) -> tuple[Who, ...]:
        found: list[Who] = []
        for owner in step.owners:
            who = self._owner(owner)
            if not owner.hidden and who not in found:
                found.append(who)
        return tuple(found)

    def sides(self, step: Step) -> tuple[str, ...]:
        """Return the sides that take part in *step*, the buyer first."""
        named = {who.side for who in self.owners(step)}
        if not named & set(SIDES):
            named = set(SIDES) if step.side == "both" else {step.side}
        return tuple(side for side in SIDES if side in named)

    def owned_by(self, person: Person) -> tuple[Step, ...]:
        """Return the visible steps that *person* owns, in order, with those off."""
        return tuple(
            step
            for step in self._plan.steps
            if not step.hidden
            and any(who.person is person for who in self.owners(step))
        )

    def _owner(self, owner: Owner) -> Who:
        if owner.buyer is not None:
            return self.find(owner.buyer, "buyer", owner.does)
        if owner.seller is not None:
            return self.find(owner.seller, "seller", owner.does)
        return self.find(owner.who or "", None, owner.does)

    def _side_of_words(self, text: str) -> str | None:
        """Read the side from words that begin with a company's name."""
        words = f"{text.casefold()} "
        sides = [side for side, name in self._names.items() if words.startswith(name)]
        return sides[0] if len(sides) == 1 else None
