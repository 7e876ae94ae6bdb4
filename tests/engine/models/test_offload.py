import torch
from torch import nn

from engine.models.offload import Offload

CPU = torch.device("cpu")


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(8, 16)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(16, 64), nn.GELU(), nn.Linear(64, 16)) for _ in range(5)
        )

    def forward(self, x):
        x = self.enter(x)
        for block in self.blocks:
            x = x + block(x)
        return x


def test_layers_come_one_by_one_and_nothing_changes():
    network, x = Network().eval(), torch.randn(3, 8)
    with torch.inference_mode():
        before = network(x)
        offload = Offload(network, network.blocks, CPU, small_bytes=0)
        assert torch.equal(network(x), before)
    assert offload.visits == 10
    assert offload.here_bytes == 0
    layer = (16 * 64 + 64) * 4
    assert offload.most_bytes == layer
    assert offload.home_bytes > 9 * 4096


def test_it_can_be_ended():
    network, x = Network().eval(), torch.randn(3, 8)
    with torch.inference_mode():
        before = network(x)
        offload = Offload(network, network.blocks, CPU, small_bytes=0)
        offload.end()
        assert torch.equal(network(x), before)
    assert offload.visits == 0


def test_a_layer_leaves_when_a_render_is_stopped_in_it():
    network = Network().eval()
    offload = Offload(network, network.blocks, CPU, small_bytes=0)
    broken = network.get_submodule("blocks.1.1")

    def stop(*_):
        raise KeyError("stopped")

    broken.register_forward_pre_hook(stop)
    with torch.inference_mode():
        try:
            network(torch.randn(3, 8))
        except KeyError:
            pass
        else:
            raise AssertionError("nothing stopped it")
    assert offload.here_bytes == 0
