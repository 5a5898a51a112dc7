"""From a plan to what a buyer may see of it; only here is a plan read for a room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mapsite.plan.health import Standing, next_review, standing
from mapsite.plan.item import shown
from mapsite.plan.model import Party, Person, Plan, Review
from mapsite.plan.people import SIDES, People
from mapsite.plan.schedule import Schedule, schedule
from mapsite.room.project_matters import MatterProjector
from mapsite.room.project_steps import StepProjector
from mapsite.room.step_view import Named, PhaseView, StepView
from mapsite.room.upcoming import lately, upcoming
from mapsite.room.view import (
    GoalView,
    PartyView,
    PersonView,
    ReviewView,
    RoomView,
    StandingView,
)

_WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def project(
    plan_id: str,
    plan: Plan,
    today: date,
    files: Mapping[str, str],
    seller_logo: str | None = None,
) -> RoomView:
    """Return what the room of *plan* shows on *today*.

    *files* gives the path in the room of each logo and document that the plan names;
    *seller_logo* is that of the look, for a seller that names none.
    """
    return _Projector(plan, today, files, seller_logo).room(plan_id)


class _Projector:
    def __init__(
        self,
        plan: Plan,
        today: date,
        files: Mapping[str, str],
        seller_logo: str | None,
    ) -> None:
        self.plan, self.today, self.files = plan, today, files
        self.logos = {"buyer": None, "seller": seller_logo}
        self.people = People(plan)
        self.times: Schedule = schedule(plan, today)
        self.standing: Standing = standing(plan, self.times, self.people)
        self.steps = StepProjector(plan, self.times, self.people)
        self.matters = MatterProjector(plan, self.people, today, files)

    def room(self, plan_id: str) -> RoomView:
        plan = self.plan
        phases = self.steps.phases()
        ordered = [step for phase in phases for step in phase.steps]
        questions, documents = self.matters.questions(), self.matters.documents()
        reviews = tuple(self._review(review) for review in shown(plan.review))
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
            reviews=reviews,
            next=upcoming(ordered, questions, documents, self.today),
            lately=lately(plan, ordered, questions, self.today),
            missing=self._missing(ordered, phases),
            phases=phases,
            people=tuple(self._person(person) for person in shown(plan.people)),
            questions=questions,
            criteria=self.matters.criteria(),
            metrics=self.matters.metrics(),
            documents=documents,
            risks=self.matters.risks(),
            sections=tuple((s.title, s.text) for s in shown(plan.sections)),
            keepers=reviews[0].people if reviews else (),
        )

    def _party(self, side: str, party: Party) -> PartyView:
        return PartyView(
            side=side,
            name=party.name,
            letter=letters(self.plan.buyer.name, self.plan.seller.name)[side],
            logo=self.files[party.logo] if party.logo else self.logos[side],
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
            spare=self.times.spare,
            counts=now.counts,
            total=now.total,
            dated=now.dated,
            turn=views[now.turn.step.id] if now.turn else None,
            turn_sides=now.turn_sides,
            causes=tuple(views[time.step.id] for time in now.causes),
            chain=bool(self.times.chain),
        )

    def _missing(
        self, steps: list[StepView], phases: tuple[PhaseView, ...]
    ) -> tuple[str, ...]:
        plan = self.plan
        todo = [step for step in steps if step.state not in {"done", "cancelled"}]
        owned = sum(bool(step.owners) for step in todo)
        gaps = {
            "goal-day": plan.goal.date is None,
            "dates": bool(todo) and not any(step.day or step.moment for step in todo),
            "people": not shown(plan.people),
            "owners": bool(todo) and owned == 0,
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
            weekday=_WEEKDAYS.index(review.on) if review.on else None,
            at=review.at,
            people=tuple(who.words for who in found if who.words),
            next=next_review(review, self.times.calendar, self.today),
        )

    def _person(self, person: Person) -> PersonView:
        backup = self.people.find(person.backup) if person.backup else None
        return PersonView(
            id=person.id,
            name=person.name if person.known else None,
            side=person.side,
            title=person.title,
            roles=person.roles,
            backup=backup.words if backup and backup.words else None,
            signs=person.signs,
            steps=tuple(
                Named(step.title, f"step-{step.id}")
                for step in self.people.owned_by(person)
            ),
        )


def letters(buyer: str, seller: str) -> dict[str, str]:
    """Return the letters that stand for both companies; two each if one is the same."""
    names = [_initials(buyer), _initials(seller)]
    if names[0][:1] == names[1][:1]:
        return dict(zip(SIDES, (name[:2] for name in names), strict=True))
    return dict(zip(SIDES, (name[:1] for name in names), strict=True))


def _initials(name: str) -> str:
    plain = [char for char in name if char.isalnum()]
    return (plain[0].upper() + "".join(plain[1:2]).lower()) if plain else "?"
