def test_the_panels_are_where_they_were_when_a_film_is_opened_again(
    qtbot, window, windows, tmp_path
):
    windows.new_film(window, tmp_path)
    folder = window.room.folder
    qtbot.waitUntil(window.workspace.timeline.isVisible)

    def heights():
        return {key: window.workspace.docks[key].height() for key in ("bins", "shots", "timeline")}

    before = heights()
    for _ in range(2):
        assert window.open_film(folder)
        qtbot.waitUntil(lambda: heights() == before)
        assert not window.workspace.shot.visibleRegion().isEmpty()
        assert not window.workspace.takes.visibleRegion().isEmpty()
