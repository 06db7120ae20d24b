"""Names that a list has hashes of, found in texts."""

from datetime import date

import pytest

from kb.ledger.forgotten import Words, add_person, entries


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        pytest.param("Zoë Quill", "today zoe quill leaves", True, id="in the midst"),
        pytest.param("Zoë Quill", "Like Quill, Zoë", True, id="the last name first"),
        pytest.param("Zoë Quill", "A quill for Zoe", False, id="a word between"),
        pytest.param("Maria del Carmen Lopez", "by Maria del Carmen Lopez, too", True, id="four words"),
        pytest.param("Zoë Quill", "Zoë Quill说", True, id="before another script"),
        pytest.param("伯特·马赫", "前员工伯特·马赫离开", True, id="with a dot"),
        pytest.param("伯特·马赫", "前员工伯特马赫离开", True, id="without the dot"),
        pytest.param("施密德胡伯", "据施密德胡伯说", True, id="one long word"),
        pytest.param("李明", "李明 leaves", True, id="two letters alone"),
        pytest.param("李明", "李明博总统", False, id="two letters of a longer name"),
    ],
)
def test_a_name_is_found_where_it_stands_whole(tmp_path, name, text, found):
    add_person(tmp_path, [], [name], day=date(2025, 11, 24))
    (entry,) = entries(tmp_path)
    assert Words(entry.hashes).name_someone(text) is found
