"""What each side does next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from mapsite.plan.people import SIDES
from mapsite.room.step_view import StepView, WhoView
from mapsite.room.view import DocumentView, NextItem, QuestionView

MOST_NEXT = 4
_SOON = timedelta(days=31)


def upcoming(
    steps: Sequence[StepView],
    questions: Sequence[QuestionView],
    documents: Sequence[DocumentView],
    today: date,
) -> dict[str, tuple[NextItem, ...]]:
    """Return for each side what it does next, the most urgent first, at most four."""
    items = [*_steps(steps), *_questions(questions), *_documents(documents, today)]
    return {
        side: tuple(
            sorted((i for i, sides in items if side in sides), key=_urgency)[:MOST_NEXT]
        )
        for side in SIDES
    }


def _urgency(item: NextItem) -> tuple[bool, date]:
    return not item.late and item.state != "blocked", item.day or date.max


def _steps(steps: Sequence[StepView]) -> list[tuple[NextItem, tuple[str, ...]]]:
    ready = [s for s in steps if s.ready and s.state not in {"done", "cancelled"}]
    return [
        (
            NextItem(
                "step",
                step.title,
                step.anchor,
                step.state,
                step.late,
                step.next_day,
                step.owners,
            ),
            step.sides or SIDES,
        )
        for step in ready
        if step.day or step.state in {"blocked", "in-progress", "at-risk"}
    ]


def _questions(
    questions: Sequence[QuestionView],
) -> list[tuple[NextItem, tuple[str, ...]]]:
    return [
        (
            NextItem(
                "question",
                question.text,
                f"question-{question.id}",
                "late" if question.late else "todo",
                question.late,
                question.due,
                (question.owner,),
            ),
            _sides(question.owner),
        )
        for question in questions
        if question.open and question.owner
    ]


def _documents(
    documents: Sequence[DocumentView], today: date
) -> list[tuple[NextItem, tuple[str, ...]]]:
    wanted = [
        d
        for d in documents
        if d.status in {"needed", "requested"} and d.owner and d.due
    ]
    return [
        (
            NextItem(
                "document",
                document.title,
                f"document-{document.id}",
                "late" if document.late else "todo",
                document.late,
                document.due,
                (document.owner,) if document.owner else (),
            ),
            _sides(document.owner),
        )
        for document in wanted
        if document.due and document.due - today < _SOON
    ]


def _sides(who: WhoView | None) -> tuple[str, ...]:
    return (who.side,) if who and who.side else SIDES
