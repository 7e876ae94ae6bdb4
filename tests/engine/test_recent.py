from engine.recent import Recent


def test_what_was_asked_for_longest_ago_goes_first_and_nothing_is_made_twice():
    made: list[str] = []
    recent = Recent[str](2)

    def ask(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key.upper()

        return recent.get(key, make)

    assert [ask(key) for key in "abacab"] == list("ABACAB")
    assert made == ["a", "b", "c", "b"]
    assert len(recent) == 2
    assert ("b" in recent, "c" in recent) == (True, False)
    recent.put("b", "again")
    recent.put("d", "D")
    assert ask("b") == "again"
    assert ("a" in recent, len(recent)) == (False, 2)
