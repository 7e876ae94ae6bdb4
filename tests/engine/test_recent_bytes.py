from engine.recent_bytes import RecentBytes


def kept(recent, keys):
    return "".join(key for key in keys if key in recent)


def test_as_many_are_kept_as_fit_and_what_was_asked_for_longest_ago_goes_first():
    recent = RecentBytes[bytes](10, len)
    for key in "abc":
        assert recent.get(key, lambda: bytes(3)) == bytes(3)
    assert recent.get("a", lambda: b"never") == bytes(3)
    recent.get("d", lambda: bytes(3))
    assert kept(recent, "abcd") == "acd"
    assert recent.kept_bytes == 9
    recent.get("e", lambda: bytes(8))
    assert kept(recent, "abcde") == "e"


def test_what_is_larger_alone_is_given_and_not_kept():
    recent = RecentBytes[bytes](10, len)
    recent.put("a", bytes(4))
    assert recent.get("b", lambda: bytes(11)) == bytes(11)
    assert (kept(recent, "ab"), recent.kept_bytes) == ("a", 4)


def test_what_takes_the_place_of_another_counts_alone():
    recent = RecentBytes[bytes](10, len)
    recent.put("a", bytes(9))
    recent.put("a", bytes(2))
    recent.put("b", bytes(8))
    assert (kept(recent, "ab"), recent.kept_bytes) == ("ab", 10)
