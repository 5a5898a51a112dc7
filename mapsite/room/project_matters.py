"""From what a plan holds beside its steps to what a buyer may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mapsite.plan.item import shown
from mapsite.plan.model import Plan
from mapsite.plan.people import People
from mapsite.room.project_steps import who_view
from mapsite.room.step_view import WhoView
from mapsite.room.view import (
    CriterionView,
    DocumentView,
    MetricView,
    QuestionView,
    RiskView,
)

_GIVEN = frozenset({"shared", "received", "approved", "signed", "not-needed"})


class MatterProjector:
    """Show the questions, criteria, numbers, papers and risks of one plan."""

    def __init__(
        self, plan: Plan, people: People, today: date, files: Mapping[str, str]
    ) -> None:
        """Take the plan, its people, the day, and where its files lie in the room."""
        self.plan, self.people, self.today, self.files = plan, people, today, files

    def _who(self, text: str | None) -> WhoView | None:
        return who_view(self.people.find(text)) if text else None

    def _late(self, due: date | None) -> int:
        """Count the days past *due*; none where the deal has ended."""
        if due is None or self.plan.status != "open":
            return 0
        return max((self.today - due).days, 0)

    def questions(self) -> tuple[QuestionView, ...]:
        """Return the questions, open ones first."""
        views = [
            QuestionView(
                id=question.id,
                text=question.text,
                asked_by=self._who(question.asked_by),
                owner=self._who(question.owner),
                due=question.due,
                late=self._late(question.due),
                answer=question.answer,
                answered=question.answered,
            )
            for question in shown(self.plan.questions)
        ]
        return tuple(sorted(views, key=lambda view: not view.open))

    def criteria(self) -> tuple[CriterionView, ...]:
        """Return what the buyer decides by."""
        return tuple(
            CriterionView(
                c.id,
                c.text,
                c.measure,
                c.weight,
                c.status or "open",
                self._who(c.owner),
                c.evidence,
            )
            for c in shown(self.plan.criteria)
        )

    def metrics(self) -> tuple[MetricView, ...]:
        """Return the numbers that should change."""
        return tuple(
            MetricView(
                m.id, m.text, m.baseline, m.target, m.measure, self._who(m.owner)
            )
            for m in shown(self.plan.metrics)
        )

    def documents(self) -> tuple[DocumentView, ...]:
        """Return the papers."""
        return tuple(
            DocumentView(
                id=d.id,
                title=d.title,
                href=d.url or (self.files.get(d.file) if d.file else None),
                status=d.status or "needed",
                owner=self._who(d.owner),
                due=d.due,
                late=0 if d.status in _GIVEN else self._late(d.due),
            )
            for d in shown(self.plan.documents)
        )

    def risks(self) -> tuple[RiskView, ...]:
        """Return what both sides watch."""
        return tuple(
            RiskView(
                r.id,
                r.text,
                r.likelihood,
                r.impact,
                r.mitigation,
                tuple(who_view(self.people.find(text)) for text in r.owners),
            )
            for r in shown(self.plan.risks)
        )
