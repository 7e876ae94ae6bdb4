"""The two palettes: a dark room to grade in, and a light one for a bright office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Look = Literal["dark", "light"]


@dataclass(frozen=True, kw_only=True)
class Shades:
    """The colours of one look.

    Attributes:
        well, window, panel, raised: surfaces, from the deepest to the one nearest to the eye.
        field: what is written on.
        accent: tungsten light, the one colour that says "this is where you are".
        states: the stripe of a shot by its state.
        preview_text: the words of a preview, which its stripe is too bright or dim for.
        labels: fills of clips by their colour label.
    """

    well: str
    window: str
    panel: str
    raised: str
    field: str
    hover: str
    pressed: str
    line: str
    line_strong: str
    text: str
    text_soft: str
    text_dim: str
    text_faint: str
    accent: str
    accent_lit: str
    accent_deep: str
    accent_wash: str
    on_accent: str
    video_clip: str
    video_clip_top: str
    audio_clip: str
    audio_clip_top: str
    lost_clip: str
    lost_clip_top: str
    lane_video: str
    lane_audio: str
    clip_edge: str
    waveform: str
    good: str
    caution: str
    bad: str
    states: tuple[str, str, str, str, str, str, str, str, str]
    preview_text: str
    labels: tuple[str, str, str, str, str, str, str, str]
    tick: str


DARK = Shades(
    well="#0f1012",
    window="#15161a",
    panel="#1a1c20",
    raised="#23252b",
    field="#0f1012",
    hover="#2b2e35",
    pressed="#33363f",
    line="#2a2c32",
    line_strong="#3b3e47",
    text="#dcdee3",
    text_soft="#a3a7b0",
    text_dim="#9498a2",
    text_faint="#6b6f79",
    accent="#f0a35e",
    accent_lit="#f6b378",
    accent_deep="#b87436",
    accent_wash="#3a2d22",
    on_accent="#1b130b",
    video_clip="#34455a",
    video_clip_top="#415670",
    audio_clip="#21423f",
    audio_clip_top="#2b5651",
    lost_clip="#482a2c",
    lost_clip_top="#6d3b3c",
    lane_video="#17191d",
    lane_audio="#16191b",
    clip_edge="#0d0e10",
    waveform="#7cc4b6",
    good="#6fbb8a",
    caution="#d8c15c",
    bad="#ea7471",
    states=(
        "#4b4f58", "#e48fc4", "#8097c4", "#f0a35e", "#58a9cf", "#6fbb8a", "#d8c15c", "#ea7471",
        "#a296d2",
    ),
    preview_text="#58a9cf",
    labels=(
        "#8f4646", "#835532", "#6a5f2d", "#436945", "#316968", "#426095", "#6b559a", "#8a4c71"
    ),
    tick="tick-dark",
)  # fmt: skip

LIGHT = Shades(
    well="#dfe1e5",
    window="#e8eaed",
    panel="#f3f4f6",
    raised="#fcfcfd",
    field="#ffffff",
    hover="#e1e4e9",
    pressed="#d2d6dd",
    line="#cdd1d7",
    line_strong="#adb2bc",
    text="#1b1d22",
    text_soft="#41464f",
    text_dim="#545963",
    text_faint="#757a85",
    accent="#8a4708",
    accent_lit="#a3560f",
    accent_deep="#6f3804",
    accent_wash="#f4dfc8",
    on_accent="#ffffff",
    video_clip="#b5c8de",
    video_clip_top="#9fb7d3",
    audio_clip="#bcdcd6",
    audio_clip_top="#a3cdc5",
    lost_clip="#eccaca",
    lost_clip_top="#dfa9a9",
    lane_video="#e9ebee",
    lane_audio="#e5e9ea",
    clip_edge="#8d939d",
    waveform="#1f7264",
    good="#1b6637",
    caution="#6a5300",
    bad="#a8211b",
    states=(
        "#9a9fa9", "#8f2470", "#41578a", "#8a4708", "#14607f", "#1b6637", "#6a5300", "#a8211b",
        "#5a4b9c",
    ),
    preview_text="#14607f",
    labels=(
        "#e3b3b3", "#e6c4a6", "#e2d8a3", "#b7d6b8", "#aad6d4", "#b3c6e6", "#cabde6", "#e2b8d2"
    ),
    tick="tick-light",
)  # fmt: skip

LOOKS: dict[Look, Shades] = {"dark": DARK, "light": LIGHT}
