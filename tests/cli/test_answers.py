"""Every analysis gives the same answer from seeds and from either engine, whatever its words."""

import json

import kb
from kb.cli.reading import Reading
from kb.cli.session import Session

ANSWERS = (
    "flows --from meta --since 2025-08 --until 2025-08-20",
    "flows --level team --lineage pro-forma --include-rumoured",
    "flows --totals --until 2025-08",
    "flows --explain",
    "departures meta --known-at 2025-08-31 --as-of 2025-08-31",
    "departures openai --include-rumoured",
    "coverage",
    "retention --min 2 --as-of 2025-08-01",
    "retention --by family --min 1 --unit stay --include-rumoured",
    "centrality --measure constraint",
    "centrality --measure betweenness --graph colleagues --known-at 2025-08-31",
    "communities --level team",
    "communities --graph colleagues",
    "pipelines --to anthropic",
    "pipelines --from meta --since 2025-08 --include-rumoured",
    "pipelines --from google-brain --to meta --level team",
    "pipelines feeders meta --by university",
    "pipelines sequences --length 2 --min 1 --gaps",
    "pipelines path bert-maher shengjia-zhao",
    "pipelines alumni meta",
    "pipelines alumni pytorch --founders --include-rumoured",
    "pipelines returns --include-rumoured",
    "pipelines stays --months 24",
    "exposure pytorch",
    "exposure msl --known-at 2025-08-31",
    "groups --min 2 --days 366",
    "lineage show google-deepmind",
    "lineage suggest --people 1",
)


def test_seeds_and_graph_give_the_same_answers(run_kb, base, monkeypatch):
    base.load()
    resolved: dict[str | None, kb.Snapshot] = {}
    of_graph = Reading.snapshot

    def snapshot(reading, **how):
        """As the commands read it, but seeds are resolved once for all questions."""
        if not reading.seeds:
            return of_graph(reading, **how)
        if reading.known_at not in resolved:
            resolved[reading.known_at] = kb.Snapshot.from_seeds(*reading.seeds, known_at=reading.known_at)
        found = resolved[reading.known_at]
        return found.at(as_of=reading.as_of, include_rumoured=reading.include_rumoured)

    monkeypatch.setattr(Reading, "snapshot", snapshot)
    monkeypatch.setattr(Session, "base", base)  # one connection for all of them
    for words in ANSWERS:
        graph = run_kb(*words.split(), "--format", "json")
        seeds = run_kb(*words.split(), "--format", "json", "--from-seeds", "meta-ai-2025")
        assert (graph.exit_code, seeds.exit_code) == (0, 0), words + graph.output + seeds.output
        assert json.loads(graph.stdout) == json.loads(seeds.stdout), words
        assert graph.stderr == seeds.stderr, words
