"""From a plan to what a buyer may see of it; only here is a plan read for a room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from mapsite.plan.health import Standing, next_review, standing
from mapsite.plan.item import shown
from mapsite.plan.model import Party, Person, Plan, Review
from mapsite.plan.past import NO_HISTORY, History
from mapsite.plan.people import SIDES, People
from mapsite.plan.record import read_as_of
from mapsite.plan.schedule import Schedule, schedule
from mapsite.plan.texts import DAY_NAMES
from mapsite.room.changes import with_past
from mapsite.room.project_matters import MatterProjector
from mapsite.room.project_steps import StepProjector
from mapsite.room.step_view import Named, PhaseView, StepView
from mapsite.room.suggesting_view import SuggestView, stated, who_looks
from mapsite.room.upcoming import upcoming
from mapsite.room.view import (
    GoalView,
    PartyView,
    PersonView,
    ReviewView,
    RoomView,
    StandingView,
)

_A_WEEKEND = 3


def project(
    plan_id: str,
    plan: Plan,
    today: date,
    files: Mapping[str, str],
    seller_logo: str | None = None,
    sizes: Mapping[str, tuple[int, int] | None] | None = None,
    history: History = NO_HISTORY,
) -> RoomView:
    """Return what the room of *plan* shows on *today*, and of its *history*.

    *files* gives the path in the room of each logo and document that the plan names;
    *seller_logo* is that of the look, for a seller that names none. A closed plan is
    shown as of the last day that it records, so that its room no longer changes.
    """
    day = read_as_of(plan, today)
    projector = _Projector(plan, day, files, seller_logo, sizes or {}, history)
    return with_past(projector.room(plan_id), history)


class _Projector:
    def __init__(
        self,
        plan: Plan,
        today: date,
        files: Mapping[str, str],
        seller_logo: str | None,
        sizes: Mapping[str, tuple[int, int] | None],
        history: History,
    ) -> None:
        self.sizes, self.history = sizes, history
        self.plan, self.today, self.files = plan, today, files
        self.logos = {"buyer": None, "seller": seller_logo}
        self.people = People(plan)
        self.times: Schedule = schedule(plan, today)
        self.standing: Standing = standing(plan, self.times, self.people)
        self.steps = StepProjector(plan, self.times, self.people, history)
        self.matters = MatterProjector(plan, self.people, today, files)

    def room(self, plan_id: str) -> RoomView:
        plan = self.plan
        phases = self.steps.phases()
        ordered = [step for phase in phases for step in phase.steps]
        dated = {step.id for step in ordered if step.day}
        questions, documents = self.matters.questions(), self.matters.documents()
        reviews = tuple(self._review(review) for review in shown(plan.review))
        is_open = plan.status == "open"
        return RoomView(
            id=plan_id,
            title=plan.title,
            language=plan.language,
            marking=plan.marking,
            status=plan.status,
            today=self.today,
            contact=plan.seller.contact or plan.buyer.contact,
            buyer=self._party("buyer", plan.buyer),
            seller=self._party("seller", plan.seller),
            goal=self._goal(),
            standing=self._standing(ordered),
            summary=plan.summary,
            reviews=reviews if is_open else (),
            next=upcoming(ordered, questions, documents, self.today) if is_open else {},
            lately=(),
            missing=self._missing(ordered, phases),
            phases=phases,
            people=tuple(self._person(person, dated) for person in shown(plan.people)),
            questions=questions,
            criteria=self.matters.criteria(),
            metrics=self.matters.metrics(),
            documents=documents,
            risks=self.matters.risks(),
            sections=tuple((s.title, s.text) for s in shown(plan.sections)),
            keepers=reviews[0].people if reviews else (),
            suggest=self._suggest(ordered) if is_open else None,
        )

    def _suggest(self, ordered: list[StepView]) -> SuggestView:
        plan, people = self.plan, self.people
        return SuggestView(stated(plan, ordered, people), who_looks(plan, people))

    def _party(self, side: str, party: Party) -> PartyView:
        logo = self.files[party.logo] if party.logo else self.logos[side]
        return PartyView(
            side=side,
            name=party.name,
            letter=letters(self.plan.buyer.name, self.plan.seller.name)[side],
            logo=logo,
            logo_size=self.sizes.get(logo) if logo else None,
        )

    def _goal(self) -> GoalView:
        goal = self.plan.goal
        return GoalView(
            outcome=goal.outcome,
            day=goal.date,
            days=(goal.date - self.today).days if goal.date else None,
            decision=goal.decision,
            go_live=goal.go_live,
            why=goal.why,
            event=goal.event,
            value=goal.value,
        )

    def _standing(self, ordered: list[StepView]) -> StandingView:
        now, views = self.standing, {step.id: step for step in ordered}
        return StandingView(
            word=now.word,
            behind=now.behind,
            forecast=self.times.forecast,
            spare=None if now.causes else self.times.spare,
            counts=now.counts,
            total=now.total,
            dated=now.dated,
            held=now.held,
            turn=views[now.turn.step.id] if now.turn else None,
            turn_sides=now.turn_sides,
            causes=tuple(views[time.step.id] for time in now.causes),
            chain=bool(self.times.chain),
            way=tuple(a for a in self.times.chain if _to_come(views, a)),
            overtaken=self._overtaken(),
        )

    def _overtaken(self) -> bool:
        forecast = self.times.forecast
        return forecast is not None and (forecast - self.today).days <= _A_WEEKEND

    def _missing(
        self, steps: list[StepView], phases: tuple[PhaseView, ...]
    ) -> tuple[str, ...]:
        plan = self.plan
        todo = [step for step in steps if step.state not in {"done", "cancelled"}]
        gaps = {
            "goal-day": plan.goal.date is None,
            "dates": bool(todo) and not any(_timed(step) for step in todo),
            "people": all(one.side == "seller" for one in shown(plan.people)),
            "owners": bool(todo) and not any(_may_be_buyers(step) for step in todo),
            "criteria": not shown(plan.criteria),
            "questions": not shown(plan.questions),
            "steps": not phases,
        }
        open_plan = plan.status == "open" and self.standing.word != "reached"
        return tuple(gap for gap, there in gaps.items() if there) if open_plan else ()

    def _review(self, review: Review) -> ReviewView:
        found = [self.people.find(text) for text in review.with_]
        return ReviewView(
            every=review.every,
            weekday=DAY_NAMES.index(review.on) if review.on else None,
            at=review.at,
            people=tuple(who.words for who in found if who.words),
            next=next_review(review, self.times.calendar, self.today),
        )

    def _person(self, person: Person, dated: Collection[str]) -> PersonView:
        backup = self.people.find(person.backup) if person.backup else None
        owned = self.people.owned_by(person)
        return PersonView(
            id=person.id,
            name=person.name if person.known else None,
            side=person.side,
            title=person.title,
            roles=person.roles,
            backup=backup.words if backup and backup.words else None,
            signs=person.signs,
            since=self._since(person),
            steps=tuple(
                Named(step.title, f"step-{step.id}")
                for step in owned
                if step.status != "cancelled"
            ),
            dated=tuple(step.id for step in owned if step.id in dated),
        )

    def _since(self, person: Person) -> date | None:
        """Return since when *person* is on the plan, if not from its beginning."""
        start = self.history.start
        since = self.history.people.get(person.id, person.added)
        begun = self.plan.created or start
        late = since is not None and since != start and (not begun or since > begun)
        return since if late else None


def _to_come(views: Mapping[str, StepView], step_id: str) -> bool:
    return step_id in views and views[step_id].state != "done"


def _timed(step: StepView) -> bool:
    return bool(step.day or step.moment or step.takes)


def _may_be_buyers(step: StepView) -> bool:
    """Tell whether *step* has an owner that may be on the buyer's side."""
    return "buyer" in step.sides or any(who.side is None for who in step.owners)


def letters(buyer: str, seller: str) -> dict[str, str]:
    """Return the letters that stand for both companies; two each if one is the same."""
    names = [_initials(buyer), _initials(seller)]
    if names[0][:1] == names[1][:1]:
        return dict(zip(SIDES, names, strict=True))
    return dict(zip(SIDES, (name[:1] for name in names), strict=True))


def _initials(name: str) -> str:
    """Return two letters: of the first two words, or the first two of the only one."""
    words = ["".join(c for c in word if c.isalnum()) for word in name.split()]
    words = [word for word in words if word] or ["?"]
    if len(words) > 1:
        return (words[0][0] + words[1][0]).upper()
    return words[0][0].upper() + words[0][1:2].lower()
