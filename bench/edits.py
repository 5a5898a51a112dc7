"""Write random operations into plans, with mapsite and with ruamel.yaml beside it.

``python -m bench.edits`` prints what became of 10,000 of them.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML

from mapsite.changes.writing import Refused, changed
from mapsite.plan.operations import Operation, copied
from tests.changes.judge import judged
from tests.changes.trials import Trial, trials

COUNT = 10_000
SEED = 2026
COLUMNS = ("right", "wrong", "unparseable", "misread", "touched", "note", "refused")
HEADS = (
    "right",
    "silently wrong",
    "unparseable",
    "misread by YAML 1.1",
    "other lines touched",
    "notes lost or moved",
    "refused or failed",
    "ms each",
)


def with_mapsite(text: str, one: Operation) -> str:
    """Write *one* as `mapsite changes` does."""
    return changed(text.encode(), [one], "plan.yaml").decode()


def with_ruamel(text: str, one: Operation) -> str:
    """Write *one* as ruamel.yaml does at its best; line ends and the mark are kept."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    plain = text.removeprefix(mark).replace("\r\n", "\n")
    yaml.explicit_start = plain.startswith("---")
    tree = yaml.load(plain)
    _apply(tree, one)
    written = io.StringIO()
    yaml.dump(tree, written)
    new = written.getvalue()
    if not plain.endswith("\n"):
        new = new.removesuffix("\n")
    return mark + (new.replace("\n", "\r\n") if "\r\n" in text else new)


def _apply(tree: Any, one: Operation) -> None:  # noqa: ANN401  # ruamel's own maps
    names, new = one.path.split("/"), copied(one.new)
    if one.op in {"add", "ask"}:
        items = tree.setdefault(one.path, [])
        ids = [item["id"] for item in items]
        place = ids.index(one.after) + 1 if one.after in ids else len(ids)
        items.insert(0 if one.after is None else place, new)
        return
    names += ["answer"] if one.op == "answer" else []
    names = [*names[:-1], "confirmed"] if one.op == "confirm" else names
    for name in names[:-1]:
        tree = tree[_key(tree, name)]
    key = _key(tree, names[-1])
    old = tree[key] if isinstance(tree, list) else tree.get(key)
    ids = (
        old and isinstance(old, list) and isinstance(old[0], dict) and old[0].get("id")
    )
    if one.op == "comment":
        return
    if one.op == "remove" or new is None:
        del tree[key]
    elif ids and isinstance(new, list) and isinstance(new[0], str):
        tree[key][:] = sorted(old, key=lambda item: new.index(item["id"]))
    else:
        tree[key] = new


def _key(tree: Any, name: str) -> Any:  # noqa: ANN401  # a key, or a place in a list
    if isinstance(tree, list):
        return next(at for at, item in enumerate(tree) if item.get("id") == name)
    return name


Editor = Callable[[str, Operation], str]


def tried(editor: Editor, trial: Trial) -> tuple[set[str], float]:
    """Return what was wrong with one trial, and the milliseconds that it took."""
    refusals: tuple[type[Exception], ...] = (Refused,)
    if editor is with_ruamel:
        refusals = (Exception,)  # it has many ways to fail
    start = time.perf_counter()
    try:
        new = editor(trial.text, trial.operation)
    except refusals:
        return {"refused"}, (time.perf_counter() - start) * 1000
    spent = (time.perf_counter() - start) * 1000
    assert trial.after is not None  # noqa: S101  # the caller's promise
    faults = judged(trial.text, new, trial.operation, trial.after)
    return set(faults) or {"right"}, spent


def main(count: int = COUNT) -> None:
    """Print one row for each editor."""
    editors: dict[str, Editor] = {"mapsite": with_mapsite, "ruamel.yaml": with_ruamel}
    found = {name: Counter[str]() for name in editors}
    spent = dict.fromkeys(editors, 0.0)
    done = 0
    for trial in trials(count, SEED):
        if trial.after is None:
            try:
                with_mapsite(trial.text, trial.operation)
            except Refused:
                continue
            found["mapsite"]["wrong"] += 1
            continue
        done += 1
        for name, editor in editors.items():
            kinds, took = tried(editor, trial)
            found[name].update(kinds)
            spent[name] += took
    print(f"{done:,} operations; {count - done:,} more would have made no plan\n")
    print(f"| | {' | '.join(HEADS)} |")
    print(f"|---|{'---|' * len(HEADS)}")
    for name, counts in found.items():
        row = [f"{counts[column]:,}" for column in COLUMNS]
        print(f"| {name} | {' | '.join(row)} | {spent[name] / done:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else COUNT)
