"""From what a room shows to its timeline: which rows there are, and their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mapsite.room.chart import Chart, Row, Words
from mapsite.room.labels import Labels
from mapsite.room.marks import MARKS, Marks
from mapsite.room.step_view import PhaseView, StepView
from mapsite.room.view import RoomView


def chart_of(view: RoomView, labels: Labels, marks: Marks | None = None) -> Chart:
    """Return the timeline of *view* in the language of *labels*."""
    return _Plot(view, labels, marks or Marks(view, labels)).chart()


class _Plot:
    def __init__(self, view: RoomView, labels: Labels, marks: Marks) -> None:
        self._view, self._t, self._marks = view, labels, marks
        self._anchors: list[str] = []

    def chart(self) -> Chart:
        view, t = self._view, self._t
        rows = tuple(self._with_order(list(self._rows())))
        now = "closed" if view.closed else "today"
        return Chart(
            rows=rows,
            today=view.today,
            today_text=_text(t(f"timeline.{now}_on", day=self._day(view.today))),
            today_day_text=self._day(view.today),
            today_word=_text(t(f"timeline.{now}")),
            goal=view.goal.day,
            goal_text=_text(t("timeline.goal")),
            buyer_letter=view.buyer.letter,
            seller_letter=view.seller.letter,
            label=self._label(rows),
            months=t.month,
            words=self._words(),
            first_word=_text(t("timeline.first")),
            last_text=_text(t("timeline.goal_open")),
            lead=self._lead(),
        )

    def _lead(self) -> str:
        """Say how much time the critical path leaves."""
        now, t = self._view.standing, self._t
        if self._view.closed:
            return ""
        if behind := self._behind():
            return behind
        if not now.chain or now.spare is None:
            return ""
        if now.spare <= 0:
            return _text(t("timeline.lead_critical_tight"))
        return _text(t("timeline.lead_critical", span=t.spare(now.spare)))

    def _behind(self) -> str:
        """Say when the goal can be expected, and by way of which steps."""
        now, t = self._view.standing, self._t
        if now.word != "behind" or now.forecast is None or now.overtaken:
            return ""
        way = [step for step in self._view.steps if step.id in now.way]
        way.sort(key=lambda step: now.way.index(step.id))
        if not way:
            return ""
        told = t(
            "timeline.lead_behind",
            goal=way[-1].title,
            day=self._day(now.forecast),
            span=t.span(now.behind),
            way=" → ".join(step.title for step in way),
        )
        return _text(told)

    def _rows(self) -> Iterator[Row]:
        """Yield phases with their steps, then the goal and the named days, in order."""
        phases = self._view.phases
        named = len(phases) > 1 and any(phase.name for phase in phases)
        events = sorted(self._events(), key=lambda row: row.day or date.max)
        if not named:
            steps = [self._step(step) for phase in phases for step in phase.steps]
            yield from _merged(steps, events)
            return
        for phase in phases:
            if phase.folded and phase.first and phase.last:
                yield self._folded(phase)
                continue
            yield Row("phase", phase.name or _text(self._t("steps.other")))
            yield from (self._step(step) for step in phase.steps)
        yield from events

    def _folded(self, phase: PhaseView) -> Row:
        counted = self._t.count(
            "timeline.folded", phase.total, done=phase.counts["done"]
        )
        return Row(
            "folded",
            _text(self._t.count("timeline.phase_steps", phase.total, name=phase.name)),
            href=f"#{phase.anchor}",
            state="done",
            state_word=_text(self._t("state.done")),
            sides=("buyer", "seller"),
            day=phase.last,
            start=phase.first,
            note=_text(counted),
            day_text=self._day(phase.last) if phase.last else "",
        )

    def _step(self, step: StepView) -> Row:
        shape = MARKS[step.state]
        undated = step.day is None and shape == "todo"
        self._anchors.append(step.anchor)
        return Row(
            "goal" if step.goal else "step",
            step.title,
            href=f"#{step.anchor}",
            state="open" if undated else {"off": "cancelled"}.get(shape, shape),
            state_word=self._state_word(step),
            sides=step.sides,
            day=step.done or step.day,
            start=step.begin if step.end == step.day else None,
            end=step.end if step.end != step.day else None,
            moved_from=step.moved_from,
            derived=step.day is not None and not step.agreed,
            begun=step.begun,
            held_until=step.held.day if step.held else None,
            spare_until=None if step.late or step.held else step.kept,
            critical=step.critical,
            note=self._note(step),
            day_text=self._day(step.done or step.day) if step.day else "",
            moved_text=self._moved(step),
            told_text=self._outlook(step),
        )

    def _outlook(self, step: StepView) -> str:
        """Say when it can be expected, or how long it can slip."""
        t = self._t
        if step.held:
            day = self._day(step.held.day).replace(" ", "\u00a0")
            return _text(t("timeline.held", day=day))
        if step.spare is not None:
            return _text(t("state.spare", span=t.spare(step.spare)))
        return ""

    def _moved(self, step: StepView) -> str:
        if step.moved_from is None:
            return ""
        day, often = self._day(step.moved_from), len(step.moves)
        if often > 1:
            return _text(self._t.count("timeline.moved_often", often, day=day))
        return _text(self._t("timeline.moved_from", day=day))

    def _state_word(self, step: StepView) -> str:
        t = self._t
        if step.state == "late":
            return _text(t("state.late_for", span=t.span(step.late)))
        if step.state == "blocked" and step.late:
            return _text(t("state.blocked_for", span=t.span(step.late)))
        return _text(t(f"state.{step.state}"))

    def _note(self, step: StepView) -> str:
        """Say the day beside the token, and what it comes to as things stand."""
        told = self._told(step)
        return f"{told} → {self._day(step.held.day)}" if step.held else told

    def _told(self, step: StepView) -> str:
        if step.state in {"late", "blocked"}:
            return self._state_word(step)
        if step.day and step.end and step.end > step.day:
            words = self._t(
                "timeline.runs_to", day=self._day(step.day), end=self._day(step.end)
            )
            return _text(words)
        day = step.done or step.day
        return self._day(day) if day else _text(self._marks.moment(step.moment))

    def _events(self) -> Iterator[Row]:
        goal, t = self._view.goal, self._t
        days = [
            ("decision", goal.decision, t("timeline.decision")),
            ("event", goal.event, goal.why or t("timeline.event")),
            ("go_live", goal.go_live, t("timeline.go_live")),
        ]
        taken = {(step.day, step.goal) for step in self._view.steps}
        if goal.day and (goal.day, True) not in taken and self._view.steps:
            days.append(("goal", goal.day, t("timeline.goal")))
        reached = any(step.goal for step in self._view.steps)
        steps_on = {step.day for step in self._view.steps}
        for kind, day, words in days:
            if day is None or (kind in {"go_live", "decision"} and day in steps_on):
                continue
            note = self._day(day)
            yield Row(
                "goal" if kind == "goal" and not reached else "event",
                _text(words),
                day=day,
                note=note,
                day_text=note,
            )

    def _with_order(self, rows: list[Row]) -> Iterator[Row]:
        """Join the rows of the critical path by the steps that each waits for."""
        places = {row.href: index for index, row in enumerate(rows) if row.href}
        before = {
            f"#{s.anchor}": [f"#{a.anchor}" for a in s.after] for s in self._view.steps
        }
        for row in rows:
            after = tuple(places[a] for a in before.get(row.href, ()) if a in places)
            yield _after(row, after) if after else row

    def _label(self, rows: tuple[Row, ...]) -> str:
        t, total = self._t, len(self._view.steps)
        days = [row.day for row in rows if row.day]
        if not days:
            return _text(t.count("timeline.drawing_order", total))
        first, last = t.long(min(days)), t.long(max(days))
        return _text(t.count("timeline.drawing", total, first=first, last=last))

    def _words(self) -> Words:
        t, view = self._t, self._view
        return Words(
            buyer_done=_text(t("timeline.legend_done", name=view.buyer.name)),
            buyer_todo=_text(t("timeline.legend_todo", name=view.buyer.name)),
            seller_done=_text(t("timeline.legend_done", name=view.seller.name)),
            seller_todo=_text(t("timeline.legend_todo", name=view.seller.name)),
            critical=_text(t("timeline.legend_critical")),
            bar=_text(t("timeline.legend_bar")),
            late=_text(t("timeline.legend_late")),
            moved=_text(t("timeline.legend_moved")),
            derived=_text(t("timeline.legend_derived")),
            spare=_text(t("timeline.legend_spare")),
            held=_text(t("timeline.legend_held")),
        )

    def _day(self, day: date) -> str:
        return self._t.day(day, self._view.today)


def _merged(steps: list[Row], events: list[Row]) -> Iterator[Row]:
    """Yield *steps* in their order, each of *events* before the first later one."""
    left = list(events)
    for step in steps:
        while left and step.day and left[0].day and left[0].day < step.day:
            yield left.pop(0)
        yield step
    yield from left


def _after(row: Row, after: tuple[int, ...]) -> Row:
    return replace(row, after=after)


def _text(words: object) -> str:
    """Return finished words as plain text; the drawing escapes them itself."""
    unescape = getattr(words, "unescape", None)
    return str(unescape()) if unescape else str(words)
