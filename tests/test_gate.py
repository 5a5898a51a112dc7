"""The CRM's deals against the plans: which may go on, and what the others lack."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mapsite.errors import Problem
from mapsite.gate.deals import Deal
from mapsite.gate.report import lines, sum_line
from mapsite.gate.stages import own_stages
from mapsite.gate.verdicts import PlanState, Rule, Verdict, company, judge
from tests.gits import Git

TODAY = date(2026, 5, 24)
RULE = Rule(Decimal(25000), TODAY)
LONG_ID = "0065g00000AbCdEAAZ"

Run = Callable[..., subprocess.CompletedProcess[str]]


def deal(name: str = "Acme platform", **fields: object) -> Deal:
    """Return an open deal of Acme that needs a plan, but for *fields*."""
    values: dict[str, object] = {
        "line": 2,
        "name": name,
        "id": "",
        "accounts": ("Acme",),
        "written": "80000",
        "amount": Decimal(80000),
        "currency": None,
        "stage": "Negotiation",
        "closed": False,
        "unclear": (),
    }
    return Deal(**{**values, **fields})  # type: ignore[arg-type]  # as above


def plan(name: str = "acme", **fields: object) -> PlanState:
    """Return an open plan of Acme without a fault, but for *fields*."""
    values: dict[str, object] = {
        "id": name,
        "file": f"plans/{name}.yaml",
        "crm_ids": (),
        "buyer": "Acme",
        "status": "open",
        "last": TODAY,
        "problems": (),
    }
    return PlanState(**{**values, **fields})  # type: ignore[arg-type]  # as above


def fault(severity: str = "error", rule: str = "date") -> Problem:
    """Return something that a check found."""
    return Problem("plans/acme.yaml", 3, 1, "goal", rule, "expected better", severity)


def one(the_deal: Deal, *plans: PlanState, rule: Rule = RULE) -> Verdict:
    """Judge one deal."""
    return judge([the_deal], plans, rule)[0]


def told(verdict: Verdict) -> tuple[str, str | None, str]:
    """Return what a verdict says."""
    return verdict.kind, verdict.plan, verdict.words


def test_a_plan_that_is_kept_lets_its_deal_through() -> None:
    """It checks clean, and something changed lately."""
    assert told(one(deal(), plan())) == ("fine", "acme", "fine")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"closed": True}, "closed"),
        ({"amount": Decimal("24999.99")}, "below"),
        ({"amount": Decimal(25000)}, "no-plan"),
        ({"amount": Decimal(-80000)}, "below"),
        ({"stage": "Nobody's"}, "no-plan"),
        ({"stage": ""}, "no-plan"),
    ],
)
def test_who_needs_a_plan(change: dict[str, object], kind: str) -> None:
    """Open deals of at least the threshold."""
    assert one(deal(**change)).kind == kind


@pytest.mark.parametrize(
    ("stage", "kind", "unknown"),
    [
        ("Prospecting", "earlier", False),
        ("Proposal/Price Quote", "no-plan", False),
        ("Contract Sent", "no-plan", False),
        ("Legal hold", "no-plan", True),
        ("", "no-plan", True),
    ],
)
def test_from_a_stage_on(stage: str, kind: str, *, unknown: bool) -> None:
    """That stage or a later one; what nobody knows needs a plan, and is told."""
    verdict = one(deal(stage=stage), rule=Rule(Decimal(1), TODAY, stage="proposal"))
    assert (verdict.kind, verdict.unknown_stage) == (kind, unknown)


def test_a_team_has_its_own_stages() -> None:
    """In the order that it tells."""
    own = Rule(Decimal(1), TODAY, stage="Prove", stages=own_stages(["Talk", "Prove"]))
    kinds = [
        one(deal(stage=s), rule=own).kind for s in ("talk", "prove", "Prospecting")
    ]
    assert kinds == ["earlier", "no-plan", "no-plan"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (LONG_ID, LONG_ID[:15]),
        (LONG_ID[:15], LONG_ID),
        (LONG_ID, LONG_ID),
        ("41234567890", "41234567890"),
    ],
)
def test_an_id_leads_to_its_plan(ours: str, theirs: str) -> None:
    """Whatever the buyer is called; Salesforce's 15 and 18 characters are one id."""
    found = one(
        deal(id=theirs), plan("other"), plan("mine", crm_ids=(ours,), buyer="X")
    )
    assert told(found) == ("fine", "mine", "fine")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (LONG_ID[:15], LONG_ID[:15].lower()),
        ("123456789012345678", "123456789012345"),
        ("41234567890", "4123456789"),
    ],
)
def test_another_id_is_another_deal(ours: str, theirs: str) -> None:
    """Salesforce's ids have capitals, and numbers are not cut."""
    assert one(deal(id=theirs), plan(crm_ids=(ours,), buyer="X")).kind == "no-plan"


@pytest.mark.parametrize(
    ("account", "buyer"),
    [
        ("ACME Inc.", "Acme"),
        ("Acme, Inc", "acme GmbH & Co. KG"),
        ("Acme S.A.", "Acme sa"),
        ("Bolt  Labs B.V.", "Bolt Labs Ltd."),
        ("Straße AG", "STRASSE"),
        ("Acme Sp. z o.o.", "Acme"),
        ("O'Neill plc", "O\u2019Neill"),
    ],
)
def test_a_buyer_leads_to_the_plan(account: str, buyer: str) -> None:
    """By its name, without case and legal form."""
    found = one(deal(accounts=(account,)), plan(buyer=buyer))
    assert told(found) == ("fine", "acme", "fine")


def test_companies_differ_by_more_than_their_form() -> None:
    """A word that only looks like one stays where nothing else is left."""
    assert company("SE") == "se"
    assert company("Acme Labs") != company("Acme")
    assert company("AG Insurance") != company("Insurance")


@pytest.mark.parametrize(
    ("plans", "kind", "words"),
    [
        ([], "no-plan", "no plan"),
        ([plan(buyer="Bolt")], "no-plan", "no plan"),
        ([plan(buyer="")], "no-plan", "no plan"),
        ([plan(status="won")], "no-plan", "no open plan"),
        ([plan(), plan("acme-2")], "unclear", "2 plans: acme, acme-2"),
        ([plan(), plan("acme-2", status="lost")], "fine", "fine"),
    ],
)
def test_a_buyer_with_one_open_plan_has_that_one(
    plans: list[PlanState], kind: str, words: str
) -> None:
    """With none or several it is said so."""
    verdict = one(deal(), *plans)
    assert (verdict.kind, verdict.words) == (kind, words)


def test_two_plans_of_one_id_are_told() -> None:
    """Both cannot be the plan of that deal; the id itself is not told."""
    found = one(deal(id="7"), plan(crm_ids=("7",)), plan("b", crm_ids=("7",)))
    assert told(found) == ("unclear", None, "2 plans: acme, b")


def test_two_deals_of_one_buyer_need_an_id() -> None:
    """The plan is for one of them, and nobody guesses which."""
    both = judge([deal(), deal("Acme add-on")], [plan()], RULE)
    words = "2 deals of one buyer; name this one in the plan's crm_id"
    assert [told(verdict) for verdict in both] == [("unclear", "acme", words)] * 2


def test_what_needs_no_plan_takes_none() -> None:
    """A small deal of the same buyer does not stand in the way."""
    small = deal("Acme add-on", amount=Decimal(5))
    assert [v.kind for v in judge([small, deal()], [plan()], RULE)] == ["below", "fine"]


def test_a_plan_of_another_deal_is_not_this_ones() -> None:
    """Where its id names a deal of the export, its buyer's other deals have none."""
    first, second = deal(id="1", closed=True), deal("Acme add-on", id="2")
    found = judge([first, second], [plan(crm_ids=("1",))], RULE)[1]
    words = "no plan; that of the same buyer is another deal's"
    assert told(found) == ("no-plan", None, words)


def test_an_id_that_is_not_in_the_export_is_no_obstacle() -> None:
    """The buyer's name decides then."""
    assert one(deal(id="1"), plan(crm_ids=("006XX",))).kind == "fine"


def test_a_plan_that_is_closed_while_the_deal_is_open() -> None:
    """One of both is wrong, and a person knows which."""
    found = one(deal(id="1"), plan(crm_ids=("1",), status="won"))
    assert told(found) == ("unclear", "acme", "the deal is open, its plan is won")


@pytest.mark.parametrize(
    ("severities", "loose", "strict"),
    [
        (["error"], "1 error", "1 error"),
        (["error", "error", "warning"], "2 errors", "2 errors and 1 warning"),
        (["warning"], "fine", "1 warning"),
        (["info"], "fine", "fine"),
    ],
)
def test_a_plan_must_check_clean(
    severities: list[str], loose: str, strict: str
) -> None:
    """Without errors, or without warnings where that is asked for."""
    faulty = plan(problems=tuple(map(fault, severities)))
    assert one(deal(), faulty).words == loose
    rule = Rule(Decimal(1), TODAY, strict=True)
    assert one(deal(), faulty, rule=rule).words == strict


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, ("fine", "acme", "fine")),
        (13, ("fine", "acme", "fine")),
        (14, ("stale", "acme", "no change for 14 days")),
        (90, ("stale", "acme", "no change for 90 days")),
    ],
)
def test_a_plan_must_be_alive(days: int, expected: tuple[str, str, str]) -> None:
    """Two weeks without a change are too many, by the gate's own count."""
    old = plan(
        last=TODAY - timedelta(days=days),
        problems=(fault("warning", "stale"), fault("warning", "very-stale")),
    )
    assert told(one(deal(), old, rule=Rule(Decimal(1), TODAY, strict=True))) == expected


def test_a_plan_that_nobody_dated_is_stale() -> None:
    """Nothing shows that it is alive."""
    assert one(deal(), plan(last=None)).words == "nothing tells when it last changed"


def unclear(rule: str) -> tuple[Problem, ...]:
    """Return what a person must look at in a row."""
    return (Problem("deals.csv", 2, 0, "Amount", rule, "expected one, got two"),)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"amount": None, "unclear": unclear("amount")}, "unclear"),
        ({"amount": None, "unclear": unclear("amount"), "closed": True}, "closed"),
        ({"unclear": unclear("closed")}, "unclear"),
        ({"unclear": unclear("closed"), "amount": Decimal(1)}, "below"),
        ({"unclear": unclear("columns"), "closed": True}, "unclear"),
        ({"unclear": unclear("columns"), "amount": Decimal(1)}, "unclear"),
    ],
)
def test_a_person_is_asked_where_the_answer_counts(
    change: dict[str, object], kind: str
) -> None:
    """Not about the amount of a closed deal; always where columns may have shifted."""
    found = one(deal(**change), plan())
    assert found.kind == kind
    if kind == "unclear":
        assert found.words == "Amount: expected one, got two"


def test_every_row_is_accounted_for() -> None:
    """In words, each kind that there is."""
    found = judge(
        [
            deal(id="1"),
            deal(accounts=("Bolt",)),
            deal(amount=None, unclear=unclear("amount")),
            deal(amount=Decimal(1)),
            deal(amount=Decimal(2)),
            deal(closed=True),
            deal(stage="New"),
        ],
        [plan(crm_ids=("1",))],
        Rule(Decimal(25000), TODAY, stage="Proposal"),
    )
    rule = Rule(Decimal(25000), TODAY, stage="Proposal")
    assert sum_line(found, rule) == (
        "3 deals: 1 fine, 1 without a plan, 1 needs a person;"
        " 4 below the threshold, before Proposal or closed"
    )
    assert sum_line(found[:1], rule) == "1 deal: 1 fine"
    assert sum_line(found[3:6], rule) == "0 deals; 3 below the threshold or closed"
    assert sum_line([], rule) == "0 deals"


def test_tells_what_it_took_for_granted() -> None:
    """Stages without a place, and amounts in several currencies."""
    rule = Rule(Decimal(1), TODAY, stage="Proposal")
    found = judge([deal(stage="Odd", currency="EUR"), deal(currency="USD")], [], rule)
    notes = [
        line for line in lines(found, "deals.csv", rule) if line.startswith("note")
    ]
    assert notes == [
        (
            'note: 1 deal with the stage "Odd", whose place nobody told,'
            " taken as needing a plan; --stages tells the order"
        ),
        "note: amounts in EUR and USD are held against one threshold as they are",
    ]


# The command, with real files and real git.

EXPORT = """\
Opportunity ID,Opportunity Name,Account Name,Amount,Stage,Closed
0065g00000AbCdE,Acme platform,Nobody,"80,000.00",Negotiation/Review,false
0065g00000AbCdF,Bolt pilot,Bolt GmbH,"30,000.00",Proposal/Price Quote,false
0065g00000AbCdG,Small one,Bolt GmbH,"1,000.00",Proposal/Price Quote,false
0065g00000AbCdH,Old one,Cash,"90,000.00",Closed Won,true
"""


@pytest.fixture
def deals(repo: Path) -> Path:
    """Return an export beside two plans, of which one names its deal, both fresh."""
    acme = repo / "plans/acme.yaml"
    acme.write_text(
        acme.read_text("utf-8").replace(
            "  notes: walk", f"  crm_id: {LONG_ID}\n  notes: walk"
        ),
        "utf-8",
    )
    file = repo / "deals.csv"
    file.write_text(EXPORT, "utf-8")
    return file


def gate(mapsite: Run, *words: str) -> tuple[int, list[str]]:
    """Run the command as on the day of all tests; return its exit code and lines."""
    done = mapsite("gate", "deals.csv", "--today", TODAY.isoformat(), *words)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_the_gate_is_open(mapsite: Run, deals: Path) -> None:
    """Every deal that needs a plan has one that is kept."""
    assert deals.is_file()
    assert gate(mapsite) == (
        0,
        [
            "deal              amount  stage                 plan  verdict",
            "Acme platform  80,000.00  Negotiation/Review    acme  fine",
            "Bolt pilot     30,000.00  Proposal/Price Quote  bolt  fine",
            "2 deals: 2 fine; 2 below the threshold or closed",
        ],
    )


def test_the_gate_is_shut(mapsite: Run, deals: Path) -> None:
    """It says which deals lack what, and where they stand in the export."""
    broken = deals.parent / "plans/acme.yaml"
    broken.write_text(broken.read_text("utf-8").replace("2026-08-14", "soon"), "utf-8")
    (deals.parent / "plans/bolt.yaml").unlink()
    code, told = gate(mapsite)
    assert code == 1
    assert told[1].endswith("acme  1 error")
    assert told[-3:] == [
        "deals.csv:2: Acme platform: 1 error (acme)",
        "deals.csv:3: Bolt pilot: no plan",
        "2 deals: 1 without a plan, 1 with errors; 2 below the threshold or closed",
    ]


def test_a_stale_plan_is_known_from_git(mapsite: Run, deals: Path) -> None:
    """Its last commit counts, and a change that is not committed yet."""
    acme = deals.parent / "plans/acme.yaml"
    for name in ("acme", "bolt"):
        file = deals.parent / f"plans/{name}.yaml"
        # Nothing in the plan itself says when it changed.
        text = file.read_text("utf-8").replace("created: 2026-05-12\n", "")
        file.write_text(text.replace(", status: done", ""), "utf-8")
    git = Git(deals.parent).init()
    git.commit("2026-05-04")
    code, told = gate(mapsite)
    assert code == 1
    assert [line.split("  ")[-1] for line in told[1:3]] == ["no change for 20 days"] * 2
    assert told[-1].startswith("2 deals: 2 stale;")
    assert gate(mapsite, "--stale", "21")[0] == 0
    acme.write_text(
        acme.read_text("utf-8").replace("2026-06-10", "2026-06-12"), "utf-8"
    )
    assert gate(mapsite)[1][-1].startswith("2 deals: 1 fine, 1 stale;")
    git.commit("2026-05-20")
    assert gate(mapsite)[1][-1].startswith("2 deals: 1 fine, 1 stale;")


def test_an_internal_note_keeps_no_plan_alive(mapsite: Run, deals: Path) -> None:
    """What the buyer cannot see is no change of the plan."""
    acme = deals.parent / "plans/acme.yaml"
    text = acme.read_text("utf-8").replace("created: 2026-05-12\n", "")
    acme.write_text(text.replace(", status: done", ""), "utf-8")
    git = Git(deals.parent).init()
    git.commit("2026-05-04")
    acme.write_text(acme.read_text("utf-8").replace("walk-away", "secret"), "utf-8")
    git.commit("2026-05-20")
    assert gate(mapsite)[1][1].endswith("no change for 20 days")


def test_machines_get_every_row(mapsite: Run, deals: Path) -> None:
    """As JSON, with those that need no plan, and the same exit code."""
    (deals.parent / "plans/bolt.yaml").unlink()
    done = mapsite("gate", "deals.csv", "--today", "2026-05-24", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["passed"] is False
    assert found["counts"] == {
        "fine": 1,
        "no-plan": 1,
        "problems": 0,
        "stale": 0,
        "unclear": 0,
        "below": 1,
        "earlier": 0,
        "closed": 1,
    }
    assert [d["verdict"] for d in found["deals"]] == [
        "fine",
        "no-plan",
        "below",
        "closed",
    ]
    assert found["deals"][0] == {
        "line": 2,
        "name": "Acme platform",
        "id": "0065g00000AbCdE",
        "accounts": ["Nobody"],
        "amount": 80000,
        "amount_written": "80,000.00",
        "currency": None,
        "stage": "Negotiation/Review",
        "plan": "acme",
        "verdict": "fine",
        "words": "fine",
        "problems": [],
    }


def test_nothing_internal_is_told(mapsite: Run, deals: Path) -> None:
    """Neither the plan's own id of the deal nor its notes, as table or as JSON."""
    for words in ([], ["--json"]):
        code, told = gate(mapsite, *words)
        assert code == 0
        assert LONG_ID not in "".join(told)
        assert "walk-away" not in "".join(told)
    assert deals.is_file()


def test_words_of_the_crm_do_not_steer_the_terminal(mapsite: Run, deals: Path) -> None:
    """Names and stages are cut, in one line, without control characters."""
    rows = f'7,"A\x1b[31m\n\u202e{"x" * 99}",Z,30000,"S\x07\u2028",\n'
    deals.write_text(EXPORT + rows, "utf-8")
    told = "\n".join(gate(mapsite, "--stage", "Proposal")[1])
    assert "…" in told
    assert not any(sign in told for sign in "\x1b\x07\u2028\u202e")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--threshold", "1,250K"], "expected an amount like 25000 or 25K"),
        (["--threshold", "-5"], "expected an amount like 25000 or 25K, got '-5'"),
        (
            ["--map", "amount"],
            "expected FIELD=COLUMN with a FIELD of name, id, account",
        ),
        (["--map", "price=Amount"], "expected FIELD=COLUMN with a FIELD of name, id"),
        (["--map", "id=A", "--map", "id=B"], "id is given twice"),
        (["--stage", "Odd"], "expected a stage whose place is known, got 'Odd'"),
        (["--stages", "One"], "expected stages in order, A,B,C, got 'One'"),
        (["--stale", "0"], "0 is not in the range"),
        (["--decimal", ";"], "';' is not one of"),
    ],
)
def test_wrong_use_is_told(
    mapsite: Run, deals: Path, words: list[str], expected: str
) -> None:
    """With the exit code of wrong usage."""
    done = mapsite("gate", deals.name, *words)
    assert done.returncode == 2
    assert expected in " ".join(done.stderr.split())


def test_options_change_what_needs_a_plan(mapsite: Run, deals: Path) -> None:
    """The amount, the stage, the columns."""
    assert gate(mapsite, "--threshold", "50K")[1][-1] == (
        "1 deal: 1 fine; 3 below the threshold or closed"
    )
    assert gate(mapsite, "--stage", "Negotiation")[1][-1] == (
        "1 deal: 1 fine; 3 before Negotiation or closed"
    )
    text = EXPORT.replace("Account Name", "Kunde").replace("Opportunity ID", "Nr")
    deals.write_text(text, "utf-8")
    assert gate(mapsite, "--map", "account=Kunde")[0] == 1
    assert gate(mapsite, "--map", "account=Kunde", "--map", "id=Nr")[0] == 0


def test_a_table_that_is_no_export_is_told(mapsite: Run, deals: Path) -> None:
    """With file, line and what was expected; nothing is judged."""
    deals.write_text("A,B\n1,2\n", "utf-8")
    done = mapsite("gate", "deals.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("deals.csv:1: account: expected a column with the")


def test_a_plan_that_cannot_be_read_is_told(mapsite: Run, deals: Path) -> None:
    """Nobody knows whose it is, so its deal has none."""
    (deals.parent / "plans/bolt.yaml").write_text("buyer: {name: [", "utf-8")
    done = mapsite("gate", "deals.csv", "--today", "2026-05-24")
    assert done.returncode == 1
    assert "Bolt pilot: no plan" in done.stdout
    assert done.stderr == (
        "plans/bolt.yaml: nobody can tell whose deal this is;"
        " mapsite check bolt says why\n"
    )
