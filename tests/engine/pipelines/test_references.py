import torch

from engine.pipelines.references import EncodedCache


def test_latents_are_kept_as_many_as_fit_however_many_they_are():
    cache = EncodedCache(most_bytes=4000)
    made: list[int] = []

    def latents(count):
        made.append(count)
        return torch.zeros(count)

    for key in range(100):
        cache.get(key, lambda: latents(10))
    assert len(cache) == 100
    cache.get("long", lambda: latents(900))
    assert len(cache) == 11
    assert (98 in cache, 0 in cache) == (True, False)
    cache.get("long", lambda: latents(900))
    assert made == [10] * 100 + [900]
