"""Rules about days that contradict each other, or today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mapsite.plan.advice.context import Context
from mapsite.plan.advice.rule import Finding, Rule
from mapsite.plan.item import shown


def _decision_after_goal(at: Context) -> Iterator[Finding]:
    goal = at.plan.goal
    if goal.date and goal.decision and goal.decision > goal.date:
        yield Finding(
            "goal/decision",
            f"the buyer decides on {goal.decision}, after the goal's date {goal.date}",
            "ask which of the two days is meant, and agree on a later goal if it is"
            " this one",
        )


def _go_live_before_goal(at: Context) -> Iterator[Finding]:
    goal = at.plan.goal
    if goal.date and goal.go_live and goal.go_live < goal.date:
        yield Finding(
            "goal/go_live",
            f"go-live on {goal.go_live} lies before the goal's date {goal.date}",
            "ask which of the two days is meant",
        )


def _done_in_future(at: Context) -> Iterator[Finding]:
    for address, day in _days_done(at):
        if day > at.today:
            yield Finding(
                address,
                f"{day} is still to come, and the room tells it as done",
                "write down the day on which it was done, or leave it out until then",
            )


def _days_done(at: Context) -> Iterator[tuple[str, date]]:
    for time in at.visible:
        place = f"steps/{time.step.id}"
        if time.step.done:
            yield f"{place}/done", time.step.done
        for number, task in enumerate(time.step.tasks, 1):
            if task.done and not task.hidden:
                yield f"{place}/tasks/{number}/done", task.done
    for question in shown(at.plan.questions):
        if question.answered:
            yield f"questions/{question.id}/answered", question.answered


RULES = (
    Rule(
        "decision-after-goal",
        "warning",
        "the buyer decides after the goal's date",
        "Nobody signs before the decision: one of the two days does not hold.",
        "Ask which day is meant, and move the other one.",
        _decision_after_goal,
    ),
    Rule(
        "go-live-before-goal",
        "warning",
        "go-live lies before the goal's date",
        "What is live before it is signed was mostly mistyped; the timeline ends with"
        " the wrong day.",
        "Ask which day is meant, and move the other one.",
        _go_live_before_goal,
    ),
    Rule(
        "done-in-future",
        "warning",
        "something was done on a day to come",
        "A step counts as done, for the buyer too, and its day is not there yet.",
        "Write down the day on which it was done, or say by when it will be in `due`.",
        _done_in_future,
    ),
)
