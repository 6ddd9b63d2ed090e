"""The networks that are compared: torchvision's architectures with random weights."""
import warnings

warnings.filterwarnings("ignore")
import torch  # noqa: E402
import torchvision.models as models  # noqa: E402

# name: the layer in the middle, which a picture of one of its channels is drawn for, and the size
# of the image along both axes.
NETWORKS = {
    "squeezenet1_0": ("features.7", 224),
    "googlenet": ("inception4c", 224),
    "resnet18": ("layer3", 224),
    "resnet50": ("layer3", 224),
    "vgg16": ("features.20", 224),
    "mobilenet_v2": ("features.10", 224),
    "efficientnet_b0": ("features.5", 224),
    "inception_v3": ("Mixed_6c", 299),
}
BRANCHED = ("googlenet", "inception_v3")  # these have a second output for training


def settle(net, size):
    """Gives batch norms the statistics of noise, so that signals neither fade nor explode."""
    norms = [m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    if not norms:
        return net
    for m in norms:
        m.momentum = None
    net.train()
    with torch.no_grad():
        net(torch.randn(4, 3, size, size))
    for m in norms:
        m.momentum = 0.1
    return net


def make(name, seed=1):
    """The same network each time, for evaluation."""
    torch.manual_seed(seed)
    options = dict(aux_logits=False, transform_input=False, init_weights=False)
    net = getattr(models, name)(**(options if name in BRANCHED else {}))
    return settle(net, NETWORKS[name][1]).eval()


def make_for_training(seed=1):
    """ResNet-18 with ten classes for small images."""
    torch.manual_seed(seed)
    return models.resnet18(num_classes=10)


class Stop(Exception):
    """Ends a forward pass at the layer that was asked for."""


def value_of(net, layer, x):
    """What @layer makes of @x; nothing after it is computed."""
    kept = {}

    def keep(module, inputs, output):
        kept["value"] = output
        raise Stop

    handle = net.get_submodule(layer).register_forward_hook(keep)
    try:
        net(x)
    except Stop:
        pass
    finally:
        handle.remove()
    return kept["value"]
