"""The JSON Schema agrees with what is read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mapsite.plan.model import Plan
from mapsite.plan.schema import DIALECT, plan_schema
from mapsite.start.starter import schema_text

HERE = Path(__file__).parent
PLANS = [*(HERE / "plans").rglob("*.yaml"), *(HERE.parent / "plans").glob("*.yaml")]

SMALL: dict[str, Any] = {
    "title": "Pilot",
    "goal": {"outcome": "Signed", "date": "tbd"},
    "buyer": {"name": "Acme"},
    "seller": {"name": "Mama"},
}


class EditorLoader(yaml.CSafeLoader):
    """Read as editors do (YAML 1.2): numbers and truth values, but no dates."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?[0-9]*\.[0-9]+", list("-+.0123456789")),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first
    )


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """Return a validator of the schema, which is itself valid."""
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_good_plan_validates(
    path: Path, validator: jsonschema.Draft202012Validator
) -> None:
    """What is read is also what an editor accepts."""
    plan = yaml.load(path.read_text(encoding="utf-8"), EditorLoader)  # noqa: S506  # a safe loader
    assert [error.message for error in validator.iter_errors(plan)] == []


@pytest.mark.parametrize(
    "extra",
    [
        {"steps": [{"id": "a", "title": "A", "owners": "Legal"}]},
        {"steps": [{"id": "a", "title": "A", "owners": {"buyer": "Legal"}}]},
        {"steps": [{"id": "a", "title": "A", "owners": ["Legal", {"seller": "Jo"}]}]},
        {"steps": [{"id": "a", "title": "A", "evidence": "Mail", "after": "b"}]},
        {"steps": [{"id": "a", "title": "A", "due": None, "tasks": None}]},
        {"steps": [{"id": 3, "title": 2026, "ref": 1.1, "optional": True}]},
        {"review": {"every": "week", "with": "Jo"}},
        {"review": [{"every": "2 weeks", "with": ["Jo"]}]},
        {"calendar": {"workdays": "sun-thu"}},
        {"calendar": {"workdays": ["mon", "tue"]}},
        {"internal": {"crm_id": 7, "notes": ["a", {"b": None}]}},
        {"people": [{"id": "a", "name": "A", "internal": True}]},
        {"steps": None, "summary": None, "calendar": None},
    ],
)
def test_every_form_validates(
    extra: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    """One item may stand for a list, a text for an owner, nothing for a value."""
    assert list(validator.iter_errors(SMALL | extra)) == []


@pytest.mark.parametrize(
    "extra",
    [
        {"titel": "Pilot"},
        {"title": None},
        {"title": ["a"]},
        {"goal": {"outcome": "Signed"}},
        {"goal": {"outcome": "Signed", "date": "14 August"}},
        {"buyer": {"name": "Acme", "color": "blue"}},
        {"buyer": {"name": "Acme", "logo": "../x.png"}},
        {"buyer": {"name": "Acme", "logo": "/x.png"}},
        {"buyer": {"name": "Acme", "logo": "x.gif"}},
        {"status": "closed"},
        {"steps": {"id": "a", "title": "A"}},
        {"steps": [{"id": "A b", "title": "A"}]},
        {"steps": [{"id": "a", "title": "A", "due": "soon"}]},
        {"steps": [{"id": "a", "title": "A", "takes": "5 days"}]},
        {"steps": [{"id": "a", "title": "A", "owners": [{"byer": "Legal"}]}]},
        {"steps": [{"id": "a", "title": "A", "optional": "yes"}]},
        {"criteria": [{"id": "a", "text": "A", "weight": 6}]},
        {"documents": [{"id": "a", "title": "A", "url": "http://x.example"}]},
        {"internal": "a text"},
    ],
)
def test_fault_does_not_validate(
    extra: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    """An editor marks a typo while it is typed."""
    assert list(validator.iter_errors(SMALL | extra))


def test_schema_describes_every_field() -> None:
    """Every field has words for the person who types it, and no map takes others."""
    schema = plan_schema()
    assert schema["$schema"] == DIALECT
    for model in (schema, *schema["$defs"].values()):
        assert model["additionalProperties"] is False
        assert model["description"]
        for name, field in model["properties"].items():
            described = field.get("description") or "$ref" in field or name == "id"
            assert described, (model["title"], name)


def test_schema_lists_the_fields_of_the_model() -> None:
    """Fields stand under the names that a plan writes."""
    names = [field.alias or name for name, field in Plan.model_fields.items()]
    assert list(plan_schema()["properties"]) == names


def test_the_schema_that_the_plans_name_is_this_one() -> None:
    """Editors of this repository's plans complete with the schema as it is now."""
    named = {path.read_text("utf-8").splitlines()[0] for path in PLANS[-4:]}
    assert named == {"# yaml-language-server: $schema=../plan.schema.json"}
    kept = HERE.parent / "plan.schema.json"
    assert kept.read_text("utf-8") == schema_text(), "mapsite schema > plan.schema.json"
