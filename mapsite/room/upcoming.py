"""What each side does next, and what happened lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from mapsite.plan.model import Plan
from mapsite.plan.people import SIDES, People
from mapsite.room.step_view import StepView, WhoView
from mapsite.room.view import DocumentView, LatelyItem, NextItem, QuestionView

MOST_NEXT = 4
MOST_LATELY = 4
LATELY = timedelta(days=31)


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
        if document.due and document.due - today < LATELY
    ]


def _sides(who: WhoView | None) -> tuple[str, ...]:
    return (who.side,) if who and who.side else SIDES


def lately(
    plan: Plan,
    steps: Sequence[StepView],
    questions: Sequence[QuestionView],
    today: date,
) -> tuple[LatelyItem, ...]:
    """Return what the plan records of the last month, newest first, at most four."""
    items = [*_step_news(plan, steps), *_people_news(plan, questions)]
    recent = [i for i in items if i.day <= today and today - i.day <= LATELY]
    return tuple(sorted(recent, key=lambda item: item.day, reverse=True)[:MOST_LATELY])


def _step_news(plan: Plan, steps: Sequence[StepView]) -> list[LatelyItem]:
    finished = {step.id: step.done for step in plan.steps if not step.hidden}
    news: list[LatelyItem] = []
    for step in steps:
        done = finished[step.id] if step.state == "done" else None
        if done:
            news.append(LatelyItem(done, "done", step.title))
        news += [
            LatelyItem(move.on, "moved", step.title, move.to)
            for move in step.moves
            if move.on
        ]
        if step.confirmed_on and step.day:
            news.append(
                LatelyItem(step.confirmed_on, "confirmed", step.title, step.day)
            )
    return news


def _people_news(plan: Plan, questions: Sequence[QuestionView]) -> list[LatelyItem]:
    people = People(plan)
    joined = [
        LatelyItem(person.added, "joined", people.find(person.id).words)
        for person in plan.people
        if person.added
        and person.known
        and not person.hidden
        and person.added != plan.created
    ]
    answered = [
        LatelyItem(q.answered, "answered", q.text) for q in questions if q.answered
    ]
    return joined + answered
