"""The sentences of the goal banner: by when, on track or not and why, whose turn."""

from __future__ import annotations

from collections.abc import Iterable

from mapsite.room.escaping import NOTHING, Markup, escape, joined, safe
from mapsite.room.marks import link
from mapsite.room.step_view import StepView
from mapsite.room.voice import Voice

_STRIP = {"done": "done", "in-progress": "doing", "late": "late", "blocked": "blocked"}
_COUNTED = ("done", "in-progress", "blocked", "late", "at-risk")
_TOLD_CAUSES = 2


class GoalWords(Voice):
    """Say what the goal banner of one room says."""

    def by_note(self) -> Markup:
        """Say how far away the goal is, and the buyer's reason for its day."""
        goal, t = self._view.goal, self._t
        parts = []
        if goal.days is not None and not self._view.closed and self._open():
            parts.append(capital(escape(t.distance(goal.days))))
        event = self._m.day(goal.event) if goal.event else None
        if goal.why:
            parts.append(
                t("goal.why_on", why=goal.why, day=event) if event else escape(goal.why)
            )
        elif event:
            parts.append(t("goal.event_on", day=event))
        return sentences(parts)

    def _open(self) -> bool:
        return self._now.word != "reached"

    def standing(self) -> Markup:
        """Say in two or three words how the plan stands."""
        now = self._now
        if now.word != "behind":
            return self._t(f"standing.{now.word}")
        if not now.behind:
            return self._t("standing.behind_plain")
        return self._t("standing.behind", span=self._t.span(now.behind))

    def standing_note(self) -> Markup:
        """Say why the plan stands as it does."""
        now, t = self._now, self._t
        fixed = {
            "unknown": f"standing.unknown_{self._unknown()}",
            "reached": "standing.reached_note",
            **dict.fromkeys(("won", "lost", "no-decision"), "standing.closed_note"),
        }
        if now.word in fixed:
            return t(fixed[now.word])
        if now.word != "behind" or now.forecast is None:
            return self._balance()
        if now.overtaken:
            return t("standing.passed")
        day, causes = self._m.day_named(now.forecast), self._causes()
        if causes:
            return t("standing.forecast_because", day=day, causes=causes)
        return t("standing.forecast", day=day)

    def _unknown(self) -> str:
        """Name what is missing for a word on how the plan stands."""
        if self._view.goal.day:
            return "dates"
        return "goal_dated" if self._now.dated else "goal"

    def _balance(self) -> Markup:
        now, t = self._now, self._t
        parts = []
        if self._view.goal.go_live:
            parts.append(t.count("goal.done_of", now.total, done=now.counts["done"]))
        troubles = [name for name in ("blocked", "late", "at-risk") if now.counts[name]]
        parts += [t.count(f"count.{name}", now.counts[name]) for name in troubles]
        if now.held:
            parts.append(t.count("count.held", now.held))
        if not now.counts["late"] and not troubles:
            parts.append(t("standing.none_late"))
        if now.spare is not None and now.spare > 0:
            parts.append(t("standing.spare", span=t.spare(now.spare)))
        return capital(joined(", ", parts))

    def _causes(self) -> Markup:
        t, causes = self._t, self._now.causes
        said = [self._cause(step) for step in causes[:_TOLD_CAUSES]]
        if len(causes) > _TOLD_CAUSES:
            said.append(t.count("standing.more", len(causes) - _TOLD_CAUSES))
        return t.join(said)

    def _cause(self, step: StepView) -> Markup:
        if step.state == "blocked":
            return self._t("standing.blocked_step", step=link(step.anchor, step.title))
        return self._t(
            "standing.late_step",
            step=link(step.anchor, step.title),
            span=self._t.span(step.late),
        )

    def turn(self) -> Markup:
        """Say whose turn it is."""
        if self._now.turn is None and self._now.total:
            return self._t("turn.nobody")
        sides = self._now.turn_sides or ("buyer", "seller")
        return self._t.join(
            safe(
                f'<span class="map-turn__side">{self._m.side(party.side)}&nbsp;'
                f"{escape(party.name)}</span>"
            )
            for party in self._view.parties
            if party.side in sides
        )

    def turn_note(self) -> Markup:
        """Say with which step, who has it, and by when."""
        step, t = self._now.turn, self._t
        if step is None:
            return t("turn.nobody_note" if self._now.total else "open.steps")
        if not self._now.dated and not step.owners and not step.takes:
            return t("goal.look_through")
        form = "_who" if step.owners else ""
        values = {
            "step": link(step.anchor, step.title),
            "who": self._m.names(step.owners[:2]),
        }
        if step.late:
            return t(f"turn.late{form}", span=t.span(step.late), **values)
        if step.next_day:
            return t(f"turn.by{form}", day=self._m.day_named(step.next_day), **values)
        return t(f"turn.open{form}", **values)

    def then(self) -> Markup:
        """Say what comes after the goal, or how much there is so far."""
        goal, now, t = self._view.goal, self._now, self._t
        if goal.go_live:
            return t("goal.live", day=self._m.day(goal.go_live))
        if not now.total:
            return t("goal.no_steps")
        if not now.dated and not now.counts["done"]:
            return t.count("goal.in_order", now.total)
        return t.count("goal.done_of", now.total, done=now.counts["done"])

    def then_note(self) -> Markup:
        """Say what else is known of the goal: progress, decision and value."""
        goal, now, t = self._view.goal, self._now, self._t
        parts = []
        if goal.go_live and now.total and now.word == "behind":
            parts.append(t.count("goal.done_of", now.total, done=now.counts["done"]))
        if goal.decision:
            parts.append(t("goal.decision", day=self._m.day(goal.decision)))
        if goal.value:
            parts.append(t("goal.value", value=goal.value))
        if not parts and not now.dated and not self._view.closed:
            parts.append(t("goal.first_version"))
        return sentences(parts)

    def strip(self, step: StepView) -> str:
        """Name the look of the cell that stands for *step*."""
        if step.state in _STRIP:
            return _STRIP[step.state]
        return "" if self._now.dated else "open"

    def strip_label(self) -> Markup:
        """Describe the strip for those who do not see it."""
        now, t = self._now, self._t
        if not now.dated and not now.counts["done"]:
            return t.count("strip.undated", now.total)
        told = {name: now.counts[name] for name in _COUNTED if now.counts[name]}
        rest = now.total - sum(told.values())
        words = [t.count(f"count.{name}", count) for name, count in told.items()]
        if rest:
            words.append(t.count("count.todo", rest))
        return t.count("strip.label", now.total, states=joined(", ", words))


def sentences(parts: Iterable[Markup]) -> Markup:
    """Join notes as sentences; one that ends in ``Sept.`` has its full stop."""
    text = NOTHING
    for part in parts:
        stop = " " if text.striptags().endswith((".", "!", "?")) else ". "
        text = safe(f"{text}{stop}{part}") if text else part
    return text


def capital(text: Markup) -> Markup:
    """Return *text* with its first letter in upper case."""
    plain = str(text)
    return safe(plain[:1].upper() + plain[1:])
