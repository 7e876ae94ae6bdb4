from dataclasses import replace
from fractions import Fraction

from studio.bridge.bin_items import BinItems, BinSearch, MediaRow
from studio.bridge.job_items import FINISHED_SHOWN, JobItems, JobRow, Pulse, job_rows
from studio.bridge.shooting import kept
from studio.bridge.shot_items import ShotItems, ShotRows
from studio.bridge.take_items import found_takes, take_rows
from studio.document.film import Shot, new_film
from studio.document.ledger import (
    Failed,
    JobRecord,
    KeepRecord,
    Ledger,
    Running,
    TakeRecord,
    now,
)
from studio.document.queries import active_timeline
from studio.document.shot_changes import add_shots


def take(take_id, **values):
    facts = {
        "folder": f"takes/{take_id}",
        "kind": "preview",
        "frames": 25,
        "rate": Fraction(12),
        "width": 128,
        "height": 72,
        "created": now(),
        "shot_id": "s1",
    }
    return TakeRecord(id=take_id, **{**facts, **values})


def film():
    return add_shots(new_film("F"), [Shot(id="s1", name="One"), Shot(id="s2", name="Two")])


def row(name, state="queued"):
    return JobRow(id=name, title=name, shot_id="", state=state, words="")


def test_rows_keep_their_selection_while_others_come_and_go(qtbot, qtmodeltester):
    items = JobItems()
    qtmodeltester.check(items)
    items.show([row("a"), row("b"), row("c")])
    removed, moved, changed = [], [], []
    items.rowsRemoved.connect(lambda *a: removed.append(a))
    items.rowsMoved.connect(lambda *a: moved.append(a))
    items.dataChanged.connect(lambda *a: changed.append(a))
    items.show([row("c"), row("a", "done"), row("d")])
    assert [one.id for one in items.rows()] == ["c", "a", "d"]
    assert items.row(1).state == "done"
    assert (len(removed), len(moved), len(changed)) == (1, 1, 1)


def test_takes_stand_after_what_they_edit_and_upgrades_stand_for_their_preview():
    ledger = Ledger().append(
        take("a"),
        take("b"),
        take("e", kind="edit", parent_id="a", label="make it night"),
        take("f", kind="full", upgrade_of="a"),
        KeepRecord(take_id="a", decision="kept", created=now()),
    )
    shot = Shot(id="s1", name="One", chosen_take_id="a")
    rows = take_rows(film(), shot, ledger)
    assert [(one.id, one.depth) for one in rows] == [("a", 0), ("e", 1), ("b", 0)]
    assert rows[0].upgraded
    assert rows[0].chosen
    assert rows[0].words == "Full"
    assert rows[1].words == "make it night"


def test_a_take_is_missing_when_the_files_of_what_it_shows_are_gone():
    ledger = Ledger().append(take("a"), take("b"), take("f", kind="full", upgrade_of="a"))
    shot, gone = Shot(id="s1", name="One"), {"take:a"}

    def missing():
        rows = take_rows(film(), shot, ledger, gone.__contains__)
        return {one.id: one.missing for one in rows}

    assert missing() == {"a": False, "b": False}
    gone.add("take:f")
    assert missing() == {"a": True, "b": False}
    found = found_takes(film(), ledger, "take 1", gone.__contains__)
    assert [(one.id, one.missing) for one in found] == [("a", True)]


def test_a_running_shot_shows_how_far_it_is():
    job = JobRecord(id="j", kind="preview", shot_id="s1", created=now(), state=Running())
    ledger = Ledger().append(job)
    pulses = {"j": Pulse(step=2, of=8, eta_s=3.0)}
    first, second = ShotRows().of(film(), ledger, pulses)
    assert (first.state, first.done) == ("running", 0.25)
    assert second.state == "draft"
    (running,) = job_rows(film(), ledger, pulses)
    assert running.words == "Step 2 of 8 · 3.0 s left"


def test_a_failed_job_says_why_and_can_be_tried_again():
    failed = Failed(sentence="No room on the disk.", cause="OSError 28")
    job = JobRecord(id="j", kind="full", shot_id="s1", created=now(), state=failed)
    (shown,) = job_rows(film(), Ledger().append(job), {})
    assert (shown.words, shown.cause, shown.can_retry) == (failed.sentence, failed.cause, True)


def test_what_was_taken_off_the_list_makes_room_for_what_was_over_before_it():
    over = [
        JobRecord(id=f"j{n}", kind="preview", created=now(), state=Failed(sentence="No."))
        for n in range(FINISHED_SHOWN + 2)
    ]
    dismissed = replace(over[-1], dismissed=True)
    shown = job_rows(film(), Ledger().append(*over, dismissed), {})
    assert [row.id for row in shown] == [job.id for job in over[-2:0:-1]]


def test_keeping_puts_the_shot_into_the_cut_once():
    once = kept(film(), "s1", "a")
    again = kept(once, "s1", "b")
    for changed in (once, again):
        clips = [len(track.clips) for track in active_timeline(changed).tracks if track.clips]
        assert clips == [1, 1]
    assert again.shots[0].chosen_take_id == "b"


def test_search_finds_by_name_tag_and_kind(qtbot, tmp_path):
    items, search = BinItems(), BinSearch()
    search.setSourceModel(items)
    rows = [
        MediaRow(id="1", kind="image", name="face", tag="Ava", tags=("red",), facts="",
                 path=tmp_path, missing=False),
        MediaRow(id="2", kind="audio", name="gulls", tag="", tags=(), facts="", path=tmp_path,
                 missing=True),
    ]  # fmt: skip
    items.show(rows)
    search.search("@ava red")
    assert search.rowCount() == 1
    search.search("")
    search.only("audio")
    assert search.rowCount() == 1


def test_a_prompt_written_in_the_list_is_handed_on(qtbot):
    items = ShotItems()
    items.show(ShotRows().of(film(), Ledger(), {}))
    with qtbot.waitSignal(items.written) as heard:
        items.setData(items.index(0, 0), "A storm")
    assert heard.args == ["s1", "A storm"]
