from studio.bridge.time_words import time_left


def test_time_left_is_said_as_a_person_would():
    assert time_left(None) == ""
    assert time_left(0.3) == "nearly done"
    assert time_left(42.4) == "42 s left"
    assert time_left(600) == "10 min left"
