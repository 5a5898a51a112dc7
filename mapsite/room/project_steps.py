"""From the steps of a plan to what a buyer may see of them, phase by phase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mapsite.plan.days import BEGUN
from mapsite.plan.item import shown
from mapsite.plan.model import Plan
from mapsite.plan.past import History
from mapsite.plan.people import People, Who
from mapsite.plan.schedule import Schedule, StepTime
from mapsite.plan.steps import Step
from mapsite.room.step_view import (
    HeldView,
    MoveView,
    Named,
    PhaseView,
    StepView,
    TaskView,
    WhoView,
)

FOLD_FROM = 13
"""Plans of at least so many steps fold what is finished, phases or not."""


class StepProjector:
    """Show the steps of one plan."""

    def __init__(
        self, plan: Plan, times: Schedule, people: People, history: History
    ) -> None:
        """Take the plan, what today makes of it, its people and its past."""
        self._plan, self._times, self._people = plan, times, people
        self._pasts = history.steps
        self._titles = {
            step.id: step.title
            for step in plan.steps
            if not step.hidden and step.status != "cancelled"
        }
        self._hidden = {step.id for step in plan.steps if step.hidden}
        self._hidden_phases = {phase.name for phase in plan.phases if phase.hidden}
        self._documents = {d.id: d.title for d in plan.documents if not d.hidden}

    def phases(self) -> tuple[PhaseView, ...]:
        """Return the visible steps in their phases, in the order of the phases."""
        visible = [time for time in self._times.steps if not time.step.hidden]
        views = [self._step(time, number) for number, time in enumerate(visible, 1)]
        groups: dict[str, list[StepView]] = {name: [] for name in self._names()}
        for time, view in zip(visible, views, strict=True):
            groups[self._phase_name(time.step)].append(view)
        gates = {
            phase.name: phase.gate for phase in self._plan.phases if not phase.hidden
        }
        shown = [(name, steps) for name, steps in groups.items() if steps]
        many = len(views) >= FOLD_FROM or len(shown) > 1
        return tuple(
            _phase(name, number, steps, gates.get(name), fold=many)
            for number, (name, steps) in enumerate(shown, 1)
        )

    def _names(self) -> list[str]:
        listed = [phase.name for phase in self._plan.phases if not phase.hidden]
        named = [self._phase_name(step) for step in self._plan.steps if not step.hidden]
        return list(dict.fromkeys(listed + named))

    def _phase_name(self, step: Step) -> str:
        """Return the phase of *step*; empty for none and for a hidden one."""
        name = step.phase
        return name if name and name not in self._hidden_phases else ""

    def _step(self, time: StepTime, number: int) -> StepView:
        step = time.step
        return StepView(
            id=step.id,
            title=step.title,
            number=number,
            detail=step.detail,
            state=time.state,
            late=time.late,
            day=time.day,
            begin=time.begin,
            end=time.due,
            agreed=time.agreed,
            worked_back=time.worked_back,
            held=self._held(time),
            kept=_kept(time),
            moment=(step.due or step.start) if time.day is None else None,
            done=step.done if time.state == "done" else None,
            begun=step.status in BEGUN,
            ready=not time.waits_on,
            by_week=step.due is not None and step.due.week is not None,
            week=time.week,
            takes=step.takes,
            critical=time.critical,
            goal=step.id == self._times.goal_step,
            optional=step.optional,
            moved_from=self._moved_from(time),
            moves=self._moves(step),
            sequence=self._sequence(step),
            sides=self._people.sides(step),
            owners=tuple(who_view(who) for who in self._people.owners(step)),
            support=tuple(self._who(text) for text in step.support),
            after=_named("step", step.after, self._titles),
            after_hidden=any(a in self._hidden for a in step.after),
            **_words(step),
            **self._confirmed(step),
            evidence=tuple((e.text, e.met) for e in shown(step.evidence)),
            tasks=self._tasks(step),
            documents=_named("document", step.documents, self._documents),
            links=tuple((link.title, link.url) for link in shown(step.links)),
        )

    def _who(self, text: str) -> WhoView:
        return who_view(self._people.find(text))

    def _held(self, time: StepTime) -> HeldView | None:
        """Say why the agreed day of a step cannot hold."""
        if time.held_by is None or time.earliest is None:
            return None
        by = next(iter(_named("step", [time.held_by], self._titles)), None)
        own = time.held_by == time.step.id
        return HeldView(time.earliest, None if own else by, own)

    def _confirmed(self, step: Step) -> dict[str, Any]:
        """Return who confirmed the day of *step*, and when."""
        said = step.confirmed
        if said is None or said.hidden:
            return {"confirmed_by": None, "confirmed_on": None}
        by = self._people.find(said.by).words or None
        return {"confirmed_by": by, "confirmed_on": said.on}

    def _moved_from(self, time: StepTime) -> date | None:
        """Return the first agreed day of a step whose day is another one now."""
        past = self._pasts.get(time.step.id)
        if past is None or past.first is None or not time.agreed:
            return time.moved_from
        return past.first if past.first != time.day else None

    def _moves(self, step: Step) -> tuple[MoveView, ...]:
        own = tuple(
            MoveView(
                on=move.on,
                was=move.from_,
                to=move.to,
                why=move.why,
                by=(self._people.find(move.by).words or None) if move.by else None,
            )
            for move in step.moves
            if not move.hidden
        )
        past = self._pasts.get(step.id)
        # Words that are no id of a person are known to the plan alone.
        said = {(move.was, move.to): move.by for move in own}
        return (
            own
            if past is None
            else tuple(
                MoveView(
                    on=move.day,
                    was=move.was,
                    to=move.to,
                    why=move.why,
                    by=self._people.find(move.who).words
                    if move.who
                    else said.get((move.was, move.to)),
                )
                for move in past.moves
            )
        )

    def _sequence(self, step: Step) -> int:
        past = self._pasts.get(step.id)
        turns = past.turns if past else step.status == "cancelled"
        return sum(not move.hidden for move in step.moves) + turns

    def _tasks(self, step: Step) -> tuple[TaskView, ...]:
        return tuple(
            TaskView(
                title=task.title,
                owner=who_view(self._people.find(task.owner)) if task.owner else None,
                due=task.due,
                done=task.done,
            )
            for task in step.tasks
            if not task.hidden
        )


def _words(step: Step) -> dict[str, Any]:
    """Return what the view says in the plan's own words."""
    return {
        "waits_for": step.waits_for,
        "only_if": step.only_if,
        "blocker": step.blocker,
        "fallback": step.fallback,
        "outcome": step.outcome,
        "note": step.note,
        "ref": step.ref,
    }


def _kept(time: StepTime) -> date | None:
    """Return until when a step can slip, where that is later than its day."""
    ends = [day for day in (time.expected, time.due) if day]
    over = time.state in {"done", "cancelled"}
    if not ends or time.kept is None or over or time.critical:
        return None
    return time.kept if time.kept > max(ends) else None


def _named(
    kind: str, ids: Iterable[str], titles: Mapping[str, str]
) -> tuple[Named, ...]:
    """Return links to those of *ids* that may be shown."""
    return tuple(Named(titles[i], f"{kind}-{i}") for i in ids if i in titles)


def _phase(
    name: str, number: int, steps: list[StepView], gate: str | None, *, fold: bool
) -> PhaseView:
    live = [step for step in steps if step.state != "cancelled"]
    days = [day for step in live for day in (step.begin, step.day) if day]
    ends = [day for step in live for day in (step.end, step.day) if day]
    finished = bool(live) and all(step.state == "done" for step in live)
    return PhaseView(
        name=name,
        anchor=f"phase-{number}",
        gate=gate,
        steps=tuple(steps),
        counts=Counter(step.state for step in live),
        total=len(live),
        first=min(days, default=None),
        last=max(ends, default=None),
        folded=fold and finished and bool(name),
    )


def who_view(who: Who) -> WhoView:
    """Return what may be shown of *who*; never an e-mail."""
    title = who.person.title if who.person and who.person.known else None
    return WhoView(who.words, who.side, title, who.does)
