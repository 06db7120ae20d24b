"""From checked seed files to claims: ids are looked up, dates get their bounds, mistakes are told."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kb.dates import Answer, Bounds, before, bounds
from kb.errors import Problem
from kb.ledger.decisions import read_decisions
from kb.ledger.ledger import Ledger, stated
from kb.ledger.marks import Document, Steps
from kb.ledger.models import parse_lines
from kb.names import nearest
from kb.ontology import EDGES, KIND_LABELS, NODES, SECTIONS, Edge, Node, primary

_SPELLING: Final = {"tenure_text": "tenure", "destination": "to"}
_SOUGHT: Final = 50  # unknown ids of a folder for which the nearest is looked for: each takes a while
_PERIODS: Final = (("start", "end"), ("founded", "closed"))
Read = Sequence[tuple[Document, dict[str, Any]]]


@dataclass(frozen=True)
class Item:
    """One place in a seed file, with what stands there."""

    document: Document
    path: Steps
    fields: dict[str, Any]
    source: str | None

    def at(self, *steps: str | int) -> Steps:
        return (*self.path, *steps)

    def child(self, fields: dict[str, Any], *steps: str | int) -> "Item":
        return Item(self.document, self.at(*steps), fields, fields.get("source") or self.source)


def stated_source(written: dict[str, Any]) -> str | None:
    """The source that a file states at its top, as text even where it is none."""
    source = written.get("source")
    return None if source is None else str(source)


class Claims:
    """The claims of one folder."""

    def __init__(self, folder: str, digest: str, problems: list[Problem]) -> None:
        self.folder, self.digest, self.problems = folder, digest, problems
        self.dataset: dict[str, Any] = {}
        self.labels: dict[str, tuple[str, str]] = {}  # entity id -> label, label of its kind
        self.sources: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.decisions: list[dict[str, Any]] = []
        self.used: Counter[str] = Counter()
        self.sought = 0
        self.broken: set[str] = set()  # ids that are declared, but not as the ontology asks

    def collect(self, read: Read) -> None:
        """Check the files against each other and make their claims."""
        self._declare(read)
        for document, data in read:
            written = document.data if isinstance(document.data, dict) else {}
            for section, node in SECTIONS.items():
                if section == "sources":
                    continue
                for key, fields in (data.get(section) or {}).items():
                    source = fields["source"] or data["source"] or stated_source(written)
                    self._entity(node, key, Item(document, (section, key), fields, source))
        self.decisions = read_decisions(read, self.dataset.get("id", ""), self.problems)

    def store(self, ledger: Ledger) -> None:
        """Write the claims into a ledger."""
        dataset = {key: value for key, value in self.dataset.items() if value is not None}
        book = {"name": dataset["title"], "folder": self.folder, "hash": self.digest}
        ledger.add("Dataset", [{**dataset, **book}])
        ledger.add("Source", [{"dataset": dataset["id"], **row} for row in self.sources.values()])
        for table, rows in self.rows.items():
            ledger.add(table, rows)
        ledger.add("Decision", self.decisions)

    def _tell(self, item: Item, path: Steps, what: str, hint: str = "", *, at_key: bool = False) -> None:
        self.problems.append(item.document.problem(path, what, hint, at_key=at_key))

    def _declare(self, read: Read) -> None:
        """Note every id, so that a file may use what a later one declares."""
        places: dict[str, tuple[Document, Steps]] = {}
        named = False
        for document, data in read:
            root = Item(document, (), data, None)
            written = document.data if isinstance(document.data, dict) else {}
            named |= written.get("dataset") is not None
            if data.get("dataset"):
                if self.dataset:
                    self._tell(
                        root, ("dataset",), "a second `dataset`", "a folder is one dataset", at_key=True
                    )
                self.dataset = data["dataset"]
            source = stated_source(written)
            if source is not None and not data.get("source"):
                self.broken.add(source)
            paths: list[Steps] = [
                (section, key)
                for section in SECTIONS
                if isinstance(written.get(section), dict)
                for key in written[section]
            ]
            for path in sorted(paths, key=lambda path: document.keys[path]):
                section, key = str(path[0]), str(path[1])
                node, fields = SECTIONS[section], (data.get(section) or {}).get(key)
                if key in places:
                    other, where = places[key]
                    first = other.problem(where, "", at_key=True)
                    hint = f"{first.file}:{first.line} declares it already"
                    self._tell(root, path, f"duplicate id `{key}`", hint, at_key=True)
                    continue
                places[key] = (document, path)
                if fields is None:
                    self.broken.add(key)
                elif node.label == "Source":
                    self._source(Item(document, path, fields, None), key)
                else:
                    kind = KIND_LABELS.get(str(fields.get("kind")), "") if node.kinds else ""
                    self.labels[key] = (node.label, kind)
        if not named and read:
            hint = "add `dataset:` with id, title and licence to one of the files"
            self.problems.append(Problem(read[0][0].file, 1, 1, "no file says what dataset this is", hint))

    def _source(self, item: Item, key: str) -> None:
        fields = item.fields
        if not fields.get("published"):
            hint = "add `published:`, as EDTF text"
            self._tell(item, item.path, f"`{key}` does not say when it was published", hint, at_key=True)
        elif bounds(fields["published"]).latest is None:
            self._tell(
                item, item.at("published"), "`published` has no last day", "give the days it can have been"
            )
        self.sources[key] = {"id": key, **self._properties(item, NODES["Source"])}

    def _entity(self, node: Node, key: str, item: Item) -> None:
        self._claim(node, item, key, None)
        for edge in EDGES.values():
            if not edge.curated or edge.starts[0] != node.label or edge.key in ("left", "role"):
                continue
            entries = item.fields.get(edge.key) or []
            if edge.label == "EMPLOYED_AT":
                self._jobs(edge, key, item, entries)
            elif edge.label == "INVOLVES":
                for n, target in enumerate(entries):
                    self._edge(edge, key, target, item, item.at(edge.key, n))
            elif edge.label == "ABOUT":
                for n, entry in enumerate(entries):
                    child = Item(item.document, item.at(edge.key, n), {**item.fields, **entry}, item.source)
                    self._edge(edge, key, entry[edge.target], child, child.at(edge.target))
            else:
                for n, entry in enumerate(entries):
                    child = item.child(entry, edge.key, n)
                    self._edge(edge, key, entry[edge.target], child, child.at(edge.target))

    def _jobs(self, edge: Edge, person: str, item: Item, entries: list[dict[str, Any]]) -> None:
        numbers: Counter[tuple[str, str | None]] = Counter()
        for n, entry in enumerate(entries):
            child = item.child(entry, edge.key, n)
            numbers[entry["at"], child.source] += 1
            if numbers[entry["at"], child.source] > 1 and any(
                other["at"] == entry["at"] and other["spell"] is None for other in entries
            ):
                what = f"a second spell of `{person}` at `{entry['at']}`"
                self._tell(child, child.path, what, "number them with `spell: 1`, `spell: 2`", at_key=True)
            shared: Any = {"number": entry["spell"], "phase": entry["phase"] or self._phase(child)}
            self._check_phase(child, shared["phase"])
            kind = entry["kind"] or "job"
            job = self._edge(edge, person, entry["at"], child, child.at("at"), kind=kind, **shared)
            for m, role in enumerate(entry["role"] or []):
                path = child.at("role", m)
                self._edge(EDGES["HELD_ROLE"], person, role, child, path, job=job, of=entry["at"], **shared)
            if entry["left"]:
                self._left(person, child, job, entry)

    def _check_phase(self, item: Item, phase: str | None) -> None:
        """A phase and an end that contradict each other."""
        end, left = item.fields["end"], item.fields["left"]
        if end and end.strip() == ".." and not left and phase in ("past", "planned"):
            self._tell(item, item.at("end"), f"a {phase} spell is not still going", "leave `end` out")
        ended = end and before(bounds(end), self._published(item.source)) is Answer.YES
        if ended and phase in ("current", "planned"):
            what = f"the spell is {phase}, but its end ({end}) is before the source"
            self._tell(item, item.at("end"), what, "check the phase and the end")
        date = left and left["date"]
        if date and end and phase == "past" and end.strip() != "..":
            apart = Answer.YES in (before(bounds(date), bounds(end)), before(bounds(end), bounds(date)))
            if apart:
                what = f"left ({date}) at another time than the end ({end})"
                self._tell(item, item.at("left", "date"), what, "check both dates")

    def _published(self, source: str | None) -> Bounds:
        row = self.sources.get(source or "", {})
        return Bounds("", row.get("published_earliest"), row.get("published_latest"))

    def _left(self, person: str, job_item: Item, job: str, entry: dict[str, Any]) -> None:
        left = entry["left"]
        item = job_item.child(left, "left")
        if left["to"]:
            self._check_target(item, item.at("to"), left["to"], ("Organization",))
        if left["to"] == entry["at"]:
            self._tell(
                item, item.at("to"), f"`{entry['at']}` cannot be where they went", "leave `to` out if unknown"
            )
        start, date = entry["start"], left["date"]
        if start and date and before(bounds(date), bounds(start)) is Answer.YES:
            self._tell(item, item.at("date"), f"left ({date}) before the start ({start})", "check both dates")
        phase = left["phase"] or "past"
        edge = EDGES["DEPARTED"]
        self._edge(edge, person, entry["at"], item, item.path, job=job, number=entry["spell"], phase=phase)

    def _phase(self, item: Item) -> str | None:
        """The phase of a spell that its dates or its departure give away; else the curator must say it."""
        left, end = item.fields["left"], item.fields["end"]
        if left and not left["denies"] and left["certainty"] != "rumoured":
            return "past" if (left["phase"] or "past") == "past" else "current"
        if end and bounds(end).latest is not None:
            return "past"
        if end and end.strip() == "..":
            return "current"
        if not item.fields["denies"]:
            hint = "add `phase: past`, `current` or `planned`"
            self._tell(item, item.path, "the phase of this spell is not clear", hint, at_key=True)
        return None

    def _edge(
        self,
        edge: Edge,
        subject: str,
        target: str,
        item: Item,
        path: Steps,
        *,
        number: int | None = None,
        job: str | None = None,
        of: str = "",
        **worked_out: Any,
    ) -> str:
        allowed = ("Organization",) if edge.label == "ABOUT" else edge.ends
        self._check_target(item, path, target, allowed)
        if target == subject:
            self._tell(item, path, f"`{target}` is on both ends of {edge.label}", "name another")
        return self._claim(edge, item, subject, target, of, number=number, job=job, **worked_out)

    def _nearest(self, target: str, choices: Iterable[str]) -> list[str]:
        self.sought += 1
        return nearest(target, choices) if self.sought <= _SOUGHT else []

    def _check_target(self, item: Item, path: Steps, target: str, allowed: Iterable[str]) -> None:
        allowed = tuple(allowed)
        if target in self.broken:
            return
        if target not in self.labels:
            near = self._nearest(
                target, (key for key, labels in self.labels.items() if {*labels} & {*allowed})
            )
            section = NODES[primary(allowed[0])].section
            hint = f"did you mean `{near[0]}`?" if near else f"declare it under `{section}:`"
            self._tell(item, path, f"unknown id `{target}`", hint)
        elif not {*self.labels[target]} & {*allowed}:
            label = self.labels[target][1] or self.labels[target][0]
            what = f"`{target}` is of type {label}, not {' or '.join(allowed)}"
            self._tell(item, path, what, "name one of the right kind")

    def _claim(
        self, claimed: Node | Edge, item: Item, subject: str, target: str | None, of: str = "", **extra: Any
    ) -> str:
        """Write a claim down; its id is its fact's, with `~2` if the folder repeats it."""
        fields = item.fields
        dataset = self.dataset.get("id", "")
        steps = [subject] if target is None else [subject, claimed.table.lower(), target]
        steps += [of] if of else []
        claim = f"{dataset}/{':'.join(steps)}" + (f":{extra['number']}" if extra.get("number") else "")
        self.used[claim] += 1
        if self.used[claim] > 1:
            claim += f"~{self.used[claim]}"
        place = item.document.problem(item.path, "", at_key=True)
        self.rows[claimed.table].append(
            {
                **self._properties(item, claimed),
                **extra,
                "claim": claim,
                "dataset": dataset,
                "source": item.source,
                "subject": subject,
                "object": target,
                "polarity": "denies" if fields["denies"] else "asserts",
                "certainty": fields["certainty"],
                "retracted": False,
                "tabular": False,
                "locator": self._locator(item),
                "note": fields["note"],
                "place": f"{place.file}:{place.line}",
            }
        )
        return claim

    def _locator(self, item: Item) -> str | None:
        """Where the source says it. A claim without a source, or beyond its last line, is a mistake."""
        if item.source is None:
            hint = "add `source:` here or at the top of the file"
            self._tell(item, item.path, "no source for this claim", hint, at_key=True)
            return None
        if item.source in self.broken:
            return None
        if item.source not in self.sources:
            near = self._nearest(item.source, self.sources)
            hint = f"did you mean `{near[0]}`?" if near else "declare it under `sources:`"
            path = item.at("source") if item.fields.get("source") else ("source",)
            self._tell(item, path, f"unknown source `{item.source}`", hint)
            return None
        lines, count = item.fields["lines"], self.sources[item.source].get("line_count")
        if lines is None:
            if item.fields["locator"] is None:
                hint = "add `lines:`" if count else "add `lines:` or `locator:`"
                self._tell(item, item.path, "where the source says it is missing", hint, at_key=True)
            return str(item.fields["locator"]) if item.fields["locator"] else None
        ranges = parse_lines(lines)
        if count and ranges and max(last for _, last in ranges) > count:
            what = f"lines {lines} are outside `{item.source}`"
            self._tell(item, item.at("lines"), what, f"it has {count} lines")
        texts = [f"{first}-{last}" if last > first else str(first) for first, last in ranges]
        return ("lines " if len(texts) > 1 or "-" in texts[0] else "line ") + ", ".join(texts)

    def _properties(self, item: Item, kind: Node | Edge) -> dict[str, Any]:
        """The properties that the item states, with the bounds of its dates."""
        found = {name: value for name, value in _spread(item.fields, kind) if value not in (None, [])}
        for start, end in _PERIODS:
            first, last = item.fields.get(start), item.fields.get(end)
            if not any(prop.part == end for prop in kind.props) or not first or not last:
                continue
            if before(bounds(last), bounds(first)) is Answer.YES:
                self._tell(
                    item, item.at(end), f"`{end}` ({last}) is before `{start}` ({first})", "check both dates"
                )
        low, high, value = (item.fields.get(name) for name in ("lower", "upper", "value"))
        if kind.table == "Statistic":
            if low is not None and high is not None and low > high:
                self._tell(
                    item, item.at("lower"), f"`lower` ({low:g}) is above `upper` ({high:g})", "swap them"
                )
            elif value is not None and not (low if low is not None else value) <= value <= (
                high if high is not None else value
            ):
                self._tell(item, item.at("value"), f"`value` ({value:g}) is outside its range", "check it")
            if low is None and high is None and value is None:
                self._tell(
                    item, item.path, "a figure without a figure", "add `value:`, or a range", at_key=True
                )
        return found


def _spread(fields: dict[str, Any], kind: Node | Edge) -> Iterator[tuple[str, Any]]:
    """Columns of a claim from the fields of a seed file: a date becomes its text and its bounds."""
    for prop in stated(kind):
        if not prop.part:
            if prop.name not in ("note", "certainty", "locator") or kind.table in ("Source", "Dataset"):
                yield prop.name, fields.get(_SPELLING.get(prop.name, prop.name))
        elif prop.name.endswith("_text") and fields.get(prop.part):
            text = fields[prop.part].strip()
            limits = bounds(text)
            yield prop.name, text
            yield f"{prop.part}_earliest", limits.earliest
            yield f"{prop.part}_latest", limits.latest
