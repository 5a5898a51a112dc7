"""The sentences of the steps: their days, what they wait for, and what was agreed."""

from __future__ import annotations

from datetime import date

from mapsite.room.escaping import NOTHING, Markup, escape, joined, safe
from mapsite.room.goal_words import sentences
from mapsite.room.marks import link, link_out, state
from mapsite.room.step_view import MoveView, Named, PhaseView, StepView, TaskView
from mapsite.room.voice import Voice

_OVER = frozenset({"done", "cancelled"})

NEAR = 14
"""A step so many days ahead says how far away it is."""


class StepWords(Voice):
    """Say what the steps of one room say."""

    def who_column(self) -> bool:
        """Tell whether any step says whose it is."""
        return any(step.owners or step.sides for step in self._view.steps)

    def steps_lead(self) -> Markup:
        """Say how to read the table, where it needs a word."""
        view, parts = self._view, []
        if view.steps and not view.standing.dated and "owners" in view.missing:
            parts.append(self._t("steps.lead_open"))
        if any(phase.folded for phase in view.phases):
            parts.append(self._t("steps.lead_folded"))
        if any(step.moved_from for step in view.steps):
            parts.append(self._t("steps.lead_moved"))
        return joined(" ", parts)

    def day_column(self) -> Markup:
        """Name the column of days; not every day is agreed."""
        view = self._view
        if not view.standing.dated:
            return self._t("steps.order")
        agreed = all(step.agreed for step in view.steps if step.day)
        return self._t("steps.day" if agreed else "steps.any_day")

    def step_day(self, step: StepView) -> Markup:
        """Write the day of *step*, and the one that it was moved from."""
        if step.day is None:
            if step.moment is None and step.state in _OVER:
                return NOTHING
            plain = step.moment is None and not self._view.standing.dated
            return escape(step.number) if plain else self._open_day(step)
        if step.by_week and step.week is not None and not step.moved_from:
            return self._t("time.week_open", number=step.week)
        day = self._m.day(step.day)
        if not step.agreed:
            return safe(f'<span class="map-derived">{day}</span>')
        if step.moved_from is None:
            return day
        return self._m.moved(self._m.day(step.moved_from), day)

    def _open_day(self, step: StepView) -> Markup:
        words = self._m.moment(step.moment)
        return safe(f'<span class="map-open-day">{words}</span>')

    def step_when(self, step: StepView) -> Markup:
        """Say the weekday, the week, how far away it is and how long it takes."""
        t, parts = self._t, []
        if step.day:
            parts.append(self._weekday(step, step.day))
            parts.append(self._distance(step, step.day))
            if step.end and step.end > step.day:
                parts.append(t("time.runs_to", day=self._m.day(step.end)))
        if step.takes and not (step.day and step.end and step.end > step.day):
            known = step.takes.known
            parts.append(
                t("takes.text", span=self._m.takes(step.takes))
                if known
                else self._m.takes(step.takes)
            )
        if step.day and not step.agreed:
            parts.append(t("time.latest" if step.worked_back else "time.follows"))
        if step.moved_from or len(step.moves) > 1:
            parts.append(self._how_often(max(len(step.moves), 1)))
        return joined("&nbsp;· ", filter(None, parts))

    def _how_often(self, moves: int) -> Markup:
        if moves == 1:
            return self._t("steps.moved_once")
        return self._t.count("steps.moved_times", moves)

    def _distance(self, step: StepView, day: date) -> Markup:
        """Say how far away *day* is, where that helps, or when it was done instead."""
        if step.done and step.done != day:
            return self._t("steps.task_done", day=self._m.day(step.done))
        over = self._view.closed or step.state in {"done", "cancelled"}
        away = (day - self._view.today).days
        begun = step.state == "in-progress" and not step.late
        if over or not (step.late or 0 <= away < NEAR) or (begun and away < 0):
            return NOTHING
        return escape(self._t.distance(away))

    def _weekday(self, step: StepView, day: date) -> Markup:
        if step.by_week and not step.goal:
            return self._t("steps.phase_until", last=self._m.day_named(day))
        words, goal = [escape(self._t.weekday(day))], self._view.goal.day
        if step.goal and goal == day:
            words.append(self._t("steps.goal"))
        elif step.week is not None:
            words.append(self._t("time.week", number=step.week))
        if step.goal and goal and goal != day:
            words.append(self._t("steps.goal_on", day=self._m.day(goal)))
        return joined(", ", words)

    def step_facts(self, step: StepView) -> list[tuple[Markup, Markup]]:
        """Return what else is known of *step*, in reading order, with labels."""
        t = self._t
        plain = {
            "waits_for": step.waits_for,
            "only_if": step.only_if,
            "blocker": step.blocker,
            "fallback": step.fallback
            if step.state not in {"done", "cancelled"}
            else None,
        }
        facts = [("after", self._after(step)), ("held", self._held(step))]
        facts += [(key, escape(text)) for key, text in plain.items() if text]
        facts += [("done_when", self._evidence(step))]
        several = len(step.moves) > 1
        facts += [
            ("moved", self._move(move, named=several))
            for move in step.moves
            if several or move.why or move.on
        ]
        facts += [
            ("outcome", escape(step.outcome or "")),
            ("confirmed", self._confirmed(step)),
        ]
        return [(t(f"steps.{key}"), text) for key, text in facts if text]

    def step_more(self, step: StepView) -> list[tuple[Markup, Markup]]:
        """Return what else belongs to *step*; paper has no room for it."""
        more = [
            ("documents", self._links(step.documents)),
            ("links", self._addresses(step)),
            ("support", self._m.names(step.support)),
        ]
        return [(self._t(f"steps.{key}"), text) for key, text in more if text]

    def _after(self, step: StepView) -> Markup:
        if step.state in {"done", "cancelled"}:
            return NOTHING
        names = [escape(named.title) for named in step.after]
        if step.after_hidden:
            names.append(
                self._t("steps.seller_preparation", seller=self._view.seller.name)
            )
        return self._t.join(names)

    def _held(self, step: StepView) -> Markup:
        """Say why the agreed day cannot hold, and which one can."""
        if step.held is None:
            return NOTHING
        day = self._m.day_named(step.held.day)
        if step.held.own and step.takes:
            return self._t("steps.held_own", day=day, span=self._m.takes(step.takes))
        if step.held.by:
            title = link(step.held.by.anchor, step.held.by.title)
            return self._t("steps.held_by", day=day, step=title)
        hidden = self._t("steps.seller_preparation", seller=self._view.seller.name)
        return self._t("steps.held_by", day=day, step=hidden)

    def step_spare(self, step: StepView) -> Markup:
        """Say how long *step* can slip before anything else moves."""
        if step.spare is None:
            return NOTHING
        return self._t("state.spare", span=self._t.spare(step.spare))

    def _evidence(self, step: StepView) -> Markup:
        t = self._t
        parts = [
            t("steps.met", text=text, day=self._m.day(met)) if met else escape(text)
            for text, met in step.evidence
        ]
        return joined(" · ", parts)

    def _move(self, move: MoveView, *, named: bool) -> Markup:
        """Say when and why a day moved; which one where there were several."""
        when = self._m.day(move.on) if move.on else NOTHING
        why = escape(move.why or "")
        if named:
            days = self._m.moved(self._m.day(move.was), self._m.day(move.to))
            why = sentences(part for part in (days, why) if part)
        who = safe(f" ({escape(move.by)})") if move.by else NOTHING
        told = (
            self._t("steps.moved_note", on=when, why=why)
            if when and why
            else when or why
        )
        return safe(f"{told}{who}")

    def _confirmed(self, step: StepView) -> Markup:
        if step.confirmed_on is None:
            return NOTHING
        day = self._m.day(step.confirmed_on)
        if step.confirmed_by:
            return self._t("steps.confirmed_by", who=step.confirmed_by, day=day)
        return self._t("steps.confirmed_on", day=day)

    def _links(self, targets: tuple[Named, ...]) -> Markup:
        return joined(", ", [link(named.anchor, named.title) for named in targets])

    def _addresses(self, step: StepView) -> Markup:
        return joined(", ", [link_out(url, title) for title, url in step.links])

    def task_note(self, task: TaskView) -> Markup:
        """Say who has a task and when."""
        parts = [self._m.who(task.owner, title=False)] if task.owner else []
        if task.done:
            parts.append(self._t("steps.task_done", day=self._m.day(task.done)))
        elif task.due:
            parts.append(self._m.day(task.due))
        return joined(", ", parts)

    def phase_info(self, phase: PhaseView) -> Markup:
        """Say how a phase stands and when it is."""
        t, done = self._t, phase.counts["done"]
        if phase.total and done == phase.total:
            marks = [state("done", t("state.done"))]
        else:
            marks = [
                state(name, t.count(f"count.{name}", phase.counts[name]))
                for name in ("blocked", "late", "at-risk")
                if phase.counts[name]
            ]
        parts = (
            [t.count("steps.phase_done", phase.total, done=done)] if phase.total else []
        )
        if phase.last:
            finished = phase.first and done == phase.total
            first = self._m.day(phase.first) if phase.first else ""
            key = "steps.phase_between" if finished else "steps.phase_until"
            parts.append(t(key, first=first, last=self._m.day(phase.last)))
        return joined(" &ensp; ", [*marks, joined(", ", parts)])
