"""Presets: what can be trained, by name, from drawing clips to the shipped network.

Runs that build on one another lie side by side in one folder under the names of their presets:
``clips`` (drawn scenes), ``codecs``, ``latents`` (encoded scenes), ``pretrain``, ``curated`` (the
best made scenes), ``sft``, ``latent_eye``, ``latent_clock``, ``named``, ``flow_map``, ``doubles``
(scenes at two sizes), ``upsampler``, ``looks``, ``reader``, ``pairs`` (scenes drawn well and
spoilt), ``reward``, ``policy``. A stage of the network begins from the last stage beside it that
comes before.
"""

from __future__ import annotations

from functools import partial

from engine.presets import codecs, judges, named, sft, transformer, upsampler
from engine.presets.orders import Order, Preset, carry_out, refuse_replicas, train
from engine.training.tiny import tiny_codecs, tiny_recipe

__all__ = ["PRESETS", "Order", "Preset", "carry_out", "refuse_replicas", "train"]


def _tiny(order: Order) -> bool:
    """Everything from drawing to training on 32x32 pictures, in seconds."""
    codecs = tiny_codecs(order.run / "codecs")
    return train(tiny_recipe(order.run / "latents", codecs, order.minutes), order)


PRESETS: dict[str, Preset] = {
    "clips": Preset(
        says="draw the scenes that codecs and reader learn from",
        make=codecs.clips,
        learns=False,
        warm=False,
        timed=False,
        placed=False,
    ),
    "codecs": Preset(
        says="video_vae, audio_vae and vocoder one after the other",
        make=codecs.codecs,
        parts=codecs.PARTS,
        warm=False,
    ),
    "video_vae": Preset(
        says="pictures to latents and back; needs clips",
        make=codecs.video_vae,
        together=True,
    ),
    "audio_vae": Preset(
        says="sound to latents and back; needs clips",
        make=codecs.audio_vae,
        together=True,
    ),
    "vocoder": Preset(
        says="mel bands to sound; needs clips and audio_vae",
        make=codecs.vocoder,
        together=True,
    ),
    "latents": Preset(
        says="draw scenes and encode them, new ones in place of old for --minutes; needs codecs",
        make=transformer.latents,
        learns=False,
        sized=True,
        warm=False,
    ),
    "pretrain": Preset(
        says="the transformer, from latents; two cores do",
        make=transformer.pretrain,
        together=True,
    ),
    "experiments": Preset(
        says="variants of pretrain at equal compute, with intervals; needs latents",
        make=transformer.experiments,
        warm=False,
    ),
    "tokens": Preset(
        says="the transformer but its fine stage, at high noise; needs latents and pretrain",
        make=transformer.tokens,
        together=True,
    ),
    "fine": Preset(
        says="the transformer's fine stage alone, at low noise; needs latents and pretrain",
        make=transformer.fine,
        together=True,
    ),
    "tasks": Preset(
        says="draw tasks of the whole world and encode them",
        make=transformer.tasks,
        learns=False,
        sized=True,
        warm=False,
    ),
    "pretrain_tasks": Preset(
        says="the transformer on tasks: references, edits, history; needs tasks",
        make=transformer.pretrain_tasks,
        together=True,
    ),
    "curated": Preset(
        says="draw scenes and encode the best made of them; needs what was pretrained on",
        make=sft.curated,
        learns=False,
    ),
    "sft": Preset(
        says="fine-tuning on curated scenes; needs curated and a pretrained stage",
        make=sft.sft,
        together=True,
    ),
    "latent_eye": Preset(
        says="names what latents show, for named to look with; needs latents",
        make=named.latent_eye,
        together=True,
    ),
    "latent_clock": Preset(
        says="reads when things happen in latents, for named to look with; needs latents",
        make=named.latent_clock,
        together=True,
    ),
    "named": Preset(
        says="fine-tuning until what is named is seen and heard; needs latents, the two before, "
        "an earlier stage",
        make=named.named,
        together=True,
    ),
    "flow_map": Preset(
        says="previews of 4 to 8 steps that are the full render's take; needs an earlier stage",
        make=transformer.flow_map,
        together=True,
    ),
    "flow_map_told": Preset(
        says="flow_map for any --guidance, which the network is told; needs an earlier stage",
        make=partial(transformer.flow_map, told=True),
        together=True,
    ),
    "strides": Preset(
        says="the same where flow_map moved the full render: this leaves it as it is, to the bit",
        make=partial(transformer.flow_map, alone=True),
        together=True,
    ),
    "doubles": Preset(
        says="draw scenes at two sizes and encode them; needs codecs",
        make=upsampler.doubles,
        learns=False,
        warm=False,
        timed=False,
        placed=False,
    ),
    "upsampler": Preset(
        says="finished latents at twice the size; needs codecs and doubles",
        make=upsampler.upsampler,
        together=True,
    ),
    "looks": Preset(
        says="the part of the reader that sees bodies and moves",
        make=judges.looks,
        together=True,
    ),
    "reader": Preset(
        says="what reads clips to score them; needs latents and looks",
        make=judges.reader,
        together=True,
    ),
    "pairs": Preset(
        says="scenes drawn well and spoilt, for the reward; needs latents",
        make=judges.pairs,
        learns=False,
        warm=False,
        timed=False,
    ),
    "reward": Preset(
        says="judges clips on five axes; needs latents, takes pairs and --verdicts FILE",
        make=judges.reward,
    ),
    "policy": Preset(
        says="updates the last stage, or --warm-start FILE, by what the reward likes; needs both",
        make=judges.policy,
    ),
    "tiny": Preset(
        says="all of it at 32x32 in seconds, to see that it runs",
        make=_tiny,
    ),
}
