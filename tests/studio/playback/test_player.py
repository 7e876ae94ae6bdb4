"""Playing a cut, in a time that the tests move by hand."""

from __future__ import annotations

import numpy as np
import pytest

import studio.bridge  # noqa: F401 (keeps the constants that the Qt binding miscounts)
from studio.playback import picture_reader
from studio.playback.device_sink import DeviceSink
from studio.playback.feeder import STALLED_S
from studio.playback.frame_source import FrameSource
from studio.playback.mixer import Mixer
from studio.playback.player import Paused, Player, Playing
from studio.playback.recording_sink import RecordingSink, RecordingStream
from tests.patience import PATIENCE_S
from tests.studio.playback.desks import TICK_S, SilentSink
from tests.studio.playback.reels import Reel, noise, number_of, numbered


@pytest.fixture
def reel(tmp_path):
    reel = Reel(tmp_path)
    reel.lay("V1", reel.take(numbered(24)), 0, 48)
    reel.lay("A1", reel.sound_file(noise(48_000)), 0, 48)
    return reel


def test_every_frame_is_shown_in_order_and_playing_ends_on_the_last(desks, reel):
    desk = desks(reel)
    desk.player.play()
    desk.run(3)
    assert desk.frames[:1] + desk.frames[1:] == list(range(48))
    assert desk.player.state == Paused()
    assert desk.player.frame == 47
    assert desk.states == [Playing(1), Paused()]


def test_it_plays_once_the_window_has_painted_unless_told_otherwise(desks, reel, qtbot):
    desk = desks(reel)
    desk.player.play_soon()
    assert desk.player.state == Paused()
    qtbot.waitUntil(lambda: desk.player.state == Playing(1))
    desk.player.pause()
    desk.player.play_soon()
    desk.player.pause()
    qtbot.wait(50)
    assert desk.states == [Playing(1), Paused()]
    # Where it begins may be said in between.
    desk.player.play_soon()
    desk.player.seek(12)
    assert desk.player.state == Paused()
    qtbot.waitUntil(lambda: desk.player.state == Playing(1))
    assert desk.player.frame == 12


def test_what_is_shown_and_heard_is_what_the_sources_give(desks, reel):
    desk = desks(reel)
    desk.player.play()
    desk.run(3)
    source, mixer = FrameSource(reel.cut), Mixer(reel.cut)
    for _, frame, picture in desk.shown:
        assert np.array_equal(picture, source.picture(frame))
    heard = desk.sink.recording()
    assert heard.shape[1] >= 96_000
    assert np.array_equal(heard[:, :96_000], mixer.whole(0, 96_000))
    assert not heard[:, 96_000:].any()
    assert desk.sink.gaps == 0


def test_seeking_while_it_plays_goes_on_from_there(desks, reel):
    desk = desks(reel)
    desk.player.play()
    desk.run(0.2)
    desk.player.seek(30)
    desk.run(0.3)
    assert isinstance(desk.player.state, Playing)
    assert 36 <= desk.player.frame <= 38
    heard = desk.sink.recording()
    first = reel.cut.sample_of(30)
    assert np.array_equal(heard[:, :4_000], Mixer(reel.cut).mix(first, 4_000))


def test_a_step_shows_the_exact_frame(desks, reel):
    desk = desks(reel)
    desk.player.seek(10)
    desk.settle()
    desk.player.step(3)
    desk.settle()
    desk.player.step(-1)
    desk.settle()
    assert desk.frames[-3:] == [10, 13, 12]
    assert number_of(desk.shown[-1][2]) == 1 + 12 // 2


def test_j_k_and_l_double_the_speed_and_turn_round(desks, reel):
    desk = desks(reel)
    player = desk.player
    player.seek(20)
    speeds = []
    for key in (1, 1, 1, 1, -1, -1, -1, -1, 1):
        player.shuttle(key)
        speeds.append(player.state.speed)
    assert speeds == [1, 2, 4, 8, -1, -2, -4, -8, 1]
    player.shuttle(0)
    assert player.state == Paused()


def test_backwards_it_shows_the_frames_before_and_ends_on_the_first(desks, reel):
    desk = desks(reel)
    desk.player.seek(12)
    desk.settle()
    desk.player.play(-1)
    desk.run(2)
    assert desk.frames[1:] == list(range(12, -1, -1))
    assert desk.player.state == Paused()


def test_at_eight_times_it_drops_pictures_and_is_heard_as_a_tape_is(desks, reel):
    desk = desks(reel)
    desk.player.play(8)
    began = desk.now
    desk.run(2)
    assert desk.now - began == pytest.approx(48 / 24 / 8, abs=0.06)
    assert desk.frames[1:-1] == sorted(set(desk.frames[1:-1]))
    heard = desk.sink.recording()[:, :8_000]
    mixed = Mixer(reel.cut).whole(0, 64_000).reshape(2, 8_000, 8).mean(axis=2)
    assert np.allclose(heard, mixed, atol=1e-6)


def test_backwards_the_sound_runs_backwards(desks, reel):
    desk = desks(reel)
    desk.player.seek(24)
    desk.settle()
    desk.player.play(-1)
    desk.run(0.4)
    heard = desk.sink.recording()[:, :12_000]
    last = reel.cut.sample_of(25)
    assert np.array_equal(heard, Mixer(reel.cut).whole(last - 12_000, last)[:, ::-1])


def test_a_hand_that_drags_hears_where_it_is(desks, reel):
    desk = desks(reel)
    for frame in (10, 20, 30):
        desk.player.scrub(frame)
        desk.settle()
        desk.now += 0.1
        desk.sink.wake()
    writer = desk.player._feeder._writer
    while writer.is_alive():  # it may be late, and wait for room
        desk.now += 0.05
        desk.sink.wake()
        writer.join(0.05)
    heard = desk.sink.recording()
    assert heard.shape[1] % 2_400 == 0
    assert 2_400 <= heard.shape[1] <= 7_200
    first = reel.cut.sample_of(30)
    middle = Mixer(reel.cut).mix(first, 2_400)[:, 300:2_000]
    assert np.array_equal(heard[:, -2_400:][:, 300:2_000], middle)
    assert desk.frames[-1] == 30


def test_a_drag_over_footage_that_is_slow_to_reach_shows_a_keyframe_first(
    desks, tmp_path, monkeypatch
):
    monkeypatch.setattr(picture_reader, "_SLOW_S", -1.0)
    reel = Reel(tmp_path)
    reel.lay("V1", reel.clip_file(numbered(48)), 0, 48)
    desk = desks(reel)
    desk.player.scrub(30)
    desk.qtbot.waitUntil(lambda: bool(desk.shown) and number_of(desk.shown[-1][2]) == 31)
    assert [(frame, number_of(picture)) for _, frame, picture in desk.shown[-2:]] == [
        (30, 1),
        (30, 31),
    ]
    desk.player.seek(40)
    desk.settle()
    assert [number_of(picture) for _, frame, picture in desk.shown if frame == 40] == [41]


def test_at_double_speed_the_sound_follows(desks, reel):
    desk = desks(reel)
    desk.player.play(2)
    desk.run(0.5)
    heard = desk.sink.recording()[:, :1_000]
    mixed = Mixer(reel.cut).mix(0, 2_000)
    assert np.allclose(heard, mixed.reshape(2, 1_000, 2).mean(axis=2), atol=1e-6)
    assert 22 <= desk.player.frame <= 24


def test_a_loop_plays_the_marked_part_again_without_a_gap(desks, reel):
    reel.mark(12, 24)
    desk = desks(reel)
    desk.player.set_loops(True)
    desk.player.play()
    desk.run(1.2)
    assert desk.frames[1:26] == [*range(12, 24), *range(12, 24), 12]
    heard = desk.sink.recording()
    once = Mixer(reel.cut).whole(24_000, 48_000)
    assert np.array_equal(heard[:, :48_000], np.concatenate([once, once], axis=1))


def test_the_marked_part_is_played_once(desks, reel):
    reel.mark(12, 24)
    desk = desks(reel)
    desk.player.play_in_out()
    desk.run(3)
    assert desk.frames[1:] == list(range(12, 24))
    assert desk.player.frame == 23


def test_a_device_that_vanishes_leaves_the_picture_running(desks, reel):
    desk = desks(reel)
    desk.player.play()
    desk.run(0.5)
    before = desk.player.frame
    desk.sink.lose()
    desk.player._feeder._writer.join(PATIENCE_S)
    for _ in range(50):
        desk.now += TICK_S
        desk.player.tick()
        desk.player._lookahead.wait_made()
    desk.qtbot.waitUntil(lambda: bool(desk.sentences))
    assert desk.sentences == ["The sound device is gone; the film plays on without sound."]
    assert isinstance(desk.player.state, Playing)
    assert before + 8 <= desk.player.frame <= before + 11


def test_another_device_joins_the_picture_where_it_is(desks, reel):
    desk = desks(reel, None, 0.01)
    desk.player.play()
    desk.run(0.4)
    desk.sink.lose()
    desk.qtbot.waitUntil(lambda: bool(desk.sentences))
    assert not desk.player._clock.follows_device
    desk.sink.find()
    desk.qtbot.waitUntil(lambda: desk.player._clock.follows_device)
    assert desk.sink.wait_full()
    at = desk.player._clock.position()
    heard = desk.sink.recording()[:, :1_024]
    mixer = Mixer(reel.cut)
    found = [
        first for first in range(at - 2_000, at + 2_000)
        if np.array_equal(mixer.mix(first, 64), heard[:, :64])
    ]  # fmt: skip
    assert len(found) == 1
    assert abs(found[0] - at) < 0.02 * 48_000
    desk.run(0.2)
    assert desk.player._clock.follows_device


class StuckStream(RecordingStream):
    """A run whose device takes nothing from some moment on, until the run is interrupted."""

    stuck_at: int | None = None

    def heard(self):
        return super().heard() if self.stuck_at is None else self.stuck_at

    def has_room(self, samples):
        return self.stuck_at is None and super().has_room(samples)


class StuckSink(RecordingSink):
    def made(self, sample_rate_hz):
        return StuckStream(self, sample_rate_hz)

    def stick(self):
        stream = self.streams[-1]
        assert isinstance(stream, StuckStream)
        stream.stuck_at = stream.heard()


def test_a_device_that_keeps_its_writer_waiting_is_given_up(desks, reel):
    sink = StuckSink(lambda: desk.now, latency=480)
    desk = desks(reel, sink, 0.01)
    desk.player.play()
    desk.run(0.4)
    sink.stick()
    before = desk.player.frame
    for _ in range(round((STALLED_S + 0.3) / TICK_S)):
        desk.now += TICK_S
        desk.player.tick()
    desk.qtbot.waitUntil(lambda: bool(desk.sentences))
    assert desk.sentences == ["The sound device takes no more sound; the film plays on without it."]
    assert isinstance(desk.player.state, Playing)
    assert before + 6 <= desk.player.frame <= before + 12
    # It is opened again, and the sound joins the picture.
    desk.qtbot.waitUntil(lambda: desk.player._clock.follows_device)
    assert sink.wait_full()
    assert len(sink.streams) == 2
    desk.run(0.2)
    assert desk.player.frame > before + 6


def test_another_output_takes_over_what_plays(desks, reel):
    desk = desks(reel)
    first = desk.sink
    desk.player.play()
    desk.run(0.5)
    before = desk.player.frame
    desk.sink = RecordingSink(lambda: desk.now, latency=480)
    desk.player.play_to(desk.sink)
    desk.run(0.3)
    assert desk.player.frame == pytest.approx(before + 7, abs=1)
    assert len(first.streams) == len(desk.sink.streams) == 1
    heard = desk.sink.recording()[:, :4_000]
    assert np.array_equal(heard, Mixer(reel.cut).mix(reel.cut.sample_of(before), 4_000))


def test_the_meters_are_told_what_is_heard(desks, reel):
    desk = desks(reel)
    readings = []
    desk.player.sound_read.connect(readings.append)
    desk.player.play()
    desk.run(1.5)
    whole = Mixer(reel.cut).whole(0, 48_000)
    assert 10 <= len(readings) <= 16
    wanted = 20 * np.log10(np.abs(whole).max())
    assert readings[-1].loudness.true_peak_db == pytest.approx(wanted, abs=4)
    assert -20 < readings[-1].loudness.momentary_lufs < 0
    assert abs(readings[-1].correlation) < 0.1


def test_without_a_device_it_plays_by_the_time(desks, reel):
    desk = desks(reel, SilentSink("There is no sound device."))
    desk.player.play()
    desk.player._feeder._writer.join(PATIENCE_S)
    desk.run(0.5)
    assert 11 <= desk.player.frame <= 12
    desk.qtbot.waitUntil(lambda: desk.sentences == ["There is no sound device."])


def test_once_closed_it_tells_of_no_device_any_more(desks, reel):
    desk = desks(reel, SilentSink("There is no sound device."))
    desk.player.play()
    desk.player._feeder._writer.join(PATIENCE_S)
    desk.player.close()
    desk.qtbot.wait(1)  # what the writer said by then is heard
    assert desk.sentences == []


def test_this_machine_plays_with_or_without_a_device(qtbot, reel):
    player = Player(DeviceSink())
    player.show(reel.film, reel.ledger, reel.timeline_id, reel.folder)
    player.play()
    qtbot.waitUntil(lambda: player.frame > 2)
    player.close()


def test_an_edit_while_it_plays_is_seen_and_heard_at_once(desks, reel):
    desk = desks(reel)
    desk.player.play()
    desk.run(0.5)
    reel.change_track("A1", muted=True)
    reel.lay("V2", reel.take(numbered(24, first=30)), 0, 48)
    desk.show()
    desk.run(0.5)
    assert isinstance(desk.player.state, Playing)
    assert number_of(desk.shown[-1][2]) >= 30
    assert not desk.sink.recording()[:, -2_000:].any()


def test_an_edit_while_it_stands_is_shown(desks, reel):
    desk = desks(reel)
    desk.player.seek(4)
    desk.settle()
    reel.lay("V2", reel.take(numbered(24, first=30)), 0, 48)
    desk.show()
    assert number_of(desk.shown[-1][2]) == 32


def test_levels_are_told_as_they_are_heard(desks, reel):
    desk = desks(reel)
    levels: list[tuple[float, float]] = []
    desk.player.levels_changed.connect(lambda left, right: levels.append((left, right)))
    desk.player.play()
    desk.run(0.5)
    peak = float(np.abs(Mixer(reel.cut).whole(0, 24_000)).max())
    assert max(max(pair) for pair in levels) == pytest.approx(peak, rel=0.05)


def test_an_empty_film_does_not_play(desks, tmp_path):
    desk = desks(Reel(tmp_path))
    desk.player.play()
    assert desk.player.state == Paused()
