"""The sentences of a room that belong to neither the goal banner nor the steps.

Each method returns finished markup; every word comes from the catalogue and every text
of the plan is escaped on its way in.
"""

from __future__ import annotations

from mapsite.room.escaping import NOTHING, Markup, escape, joined, safe
from mapsite.room.goal_words import GoalWords, capital, sentences
from mapsite.room.marks import link, state
from mapsite.room.step_words import StepWords
from mapsite.room.view import (
    DocumentView,
    MetricView,
    NextItem,
    PersonView,
    QuestionView,
    ReviewView,
)

_GAPS = {"goal-day": "goal/date", "dates": "steps", "owners": "steps"}


class Words(GoalWords, StepWords):
    """Say what one room says."""

    def has_now(self) -> bool:
        """Tell whether there is anything to say of where we are."""
        view = self._view
        waiting = any(view.next.values()) and not view.closed
        return waiting or bool(view.reviews or view.lately)

    def next_when(self, item: NextItem) -> Markup:
        """Say when *item* is due, or what is wrong with it."""
        if item.state == "blocked":
            return state("blocked", self._t("state.blocked"))
        if item.late:
            return state(
                "late", self._t("state.late_for", span=self._t.span(item.late))
            )
        return self._m.day(item.day) if item.day else NOTHING

    def next_note(self, item: NextItem) -> Markup:
        """Say who does *item* and how far away it is."""
        parts: list[Markup] = []
        if item.owners:
            names = self._m.names(item.owners[:2])
            verb = {"question": "now.answers", "document": "now.provides"}.get(
                item.kind
            )
            parts.append(self._t(verb, who=names) if verb else names)
        if item.day and not item.late:
            parts.append(escape(self._m.distance(item.day)))
        return joined(" · ", parts)

    def review_day(self, review: ReviewView) -> Markup:
        """Say when the next meeting is."""
        if review.next is None:
            return NOTHING
        day = capital(self._m.day_named(review.next))
        return self._t("now.review_at", day=day, time=review.at) if review.at else day

    def rhythm(self, review: ReviewView) -> Markup:
        """Say how often it is, and who takes part."""
        rhythm = self._rhythm(review)
        people = self._t.join(review.people)
        if rhythm and people:
            return self._t("now.with", rhythm=rhythm, people=people)
        return rhythm or people

    def _rhythm(self, review: ReviewView) -> Markup:
        if review.every is None:
            return NOTHING
        name = {"2 weeks": "two"}.get(review.every, review.every)
        if name not in {"week", "two"}:
            return self._t(f"now.rhythm_{name}")
        if review.weekday is None:
            return self._t(f"now.rhythm_{name}_plain")
        return self._t(
            f"now.rhythm_{name}", weekday=self._t.weekday_name(review.weekday)
        )

    def gap_address(self, gap: str) -> str:
        """Return the address of what is missing."""
        return _GAPS.get(gap, gap)

    def people_by_side(self) -> list[tuple[str | None, list[PersonView]]]:
        """Group the people: buyer, seller, then those whose side is not told."""
        groups: list[tuple[str | None, list[PersonView]]] = [
            (side, [person for person in self._view.people if person.side == side])
            for side in ("buyer", "seller", None)
        ]
        return [group for group in groups if group[1]]

    def person_role(self, person: PersonView) -> Markup:
        """Say a person's position, part in the decision, and since when."""
        named = [role for role in person.roles if role != "signer" or not person.signs]
        roles = [self._t.maybe(f"role.{role}", role) for role in named]
        signs = [self._t("people.signs", place=person.signs)] if person.signs else []
        title = (person.title or "").casefold()
        roles = [role for role in roles if role.unescape().casefold() not in title]
        known = joined(", ", [*roles, *signs])
        role = joined(" · ", filter(None, (person.title, known)))
        return safe(f"{role}{self._since(person, ' · ' if role else '')}")

    def _since(self, person: PersonView, before: str) -> Markup:
        """Say since when a person is on the plan; paper has no room for it."""
        if not person.since:
            return NOTHING
        since = self._t("people.since", day=self._m.day(person.since))
        return safe(f'<span class="map-noprint">{before}{since}</span>')

    def person_does(self, person: PersonView) -> Markup:
        """Say which steps a person has, and who stands in."""
        steps = joined(
            ", ", [link(step.anchor, step.title) for step in person.steps[:6]]
        )
        backup = NOTHING
        if person.backup:
            backup = self._t("people.backup", who=person.backup)
        return sentences(part for part in (steps, backup) if part)

    def question_note(self, question: QuestionView) -> Markup:
        """Say who asked, who answers and by when."""
        t, m, parts = self._t, self._m, []
        if question.asked_by:
            parts.append(
                t("questions.asked_by", who=m.who(question.asked_by, title=False))
            )
        due = m.day(question.due) if question.due else None
        if not question.open:
            if question.answered:
                parts.append(t("questions.on", day=m.day(question.answered)))
        elif question.owner and due:
            who = m.who(question.owner, title=False)
            parts.append(t("questions.answers_by", who=who, day=due))
        elif question.owner:
            parts.append(t("questions.answers", who=m.who(question.owner, title=False)))
        elif due:
            parts.append(t("questions.by", day=due))
        if question.open and question.late:
            parts.append(state("late", t("state.late_for", span=t.span(question.late))))
        return joined(" · ", parts)

    def metric_note(self, metric: MetricView) -> Markup:
        """Say where a number is read, and who reads it."""
        owner = self._m.who(metric.owner, title=False) if metric.owner else None
        return joined(", ", filter(None, (metric.measure, owner)))

    def document_state(self, document: DocumentView) -> Markup:
        """Tell the state of a document, with its day."""
        shown = "late" if document.late else document.status
        told = state(shown, self._t(f"documents.{document.status}"))
        if document.due is None or document.status == "not-needed":
            return told
        wanted = document.status in {"needed", "requested"}
        when = (
            self._t("documents.by", day=self._m.day(document.due)) if wanted else None
        )
        return safe(f"{told} {when}") if when else told

    def keepers(self) -> Markup:
        """Say who keeps the plan."""
        view = self._view
        if view.keepers:
            return self._t("footer.keep_people", people=self._t.join(view.keepers))
        return self._t(
            "footer.keep_first", seller=view.seller.name, buyer=view.buyer.name
        )

    def mail_link(self) -> Markup:
        """Link to the address that takes suggestions."""
        address = self._m.mailto("plan")
        return safe(f'<a href="{address}">{escape(self._view.contact)}</a>')
