"""The three architectures of the study with one front and one set of heads: uint8 [n, 1, size, size] in.

A vision transformer (ViT-Ti/16 with an early convolutional stem; Dosovitskiy 2021, Xiao 2021), ResNet50 (He 2016) and
InceptionV3 (Szegedy 2016), all by timm.
"""
import torch

# timm imports torchvision, whose binary does not match the CPU build of PyTorch everywhere; nothing here calls these.
if not hasattr(torch.ops.torchvision, "nms"):
    operators = torch.library.Library("torchvision", "DEF")
    operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torch.nn import functional as F

EMBEDDING = 16
CHANNELS = 2


class ConvolutionalStem(nn.Module):
    """Patches of 16 x 16 by four convolutions of stride 2 instead of one of stride 16 (Xiao 2021)."""

    def __init__(self, img_size=160, patch_size=16, in_chans=CHANNELS, embed_dim=192, **_):
        super().__init__()
        self.img_size = (img_size, img_size) if isinstance(img_size, int) else tuple(img_size)
        self.patch_size = (patch_size, patch_size)
        self.grid_size = (self.img_size[0] // patch_size, self.img_size[1] // patch_size)
        self.num_patches = self.grid_size[0] * self.grid_size[1]
        widths, layers = [in_chans, 24, 48, 96, 192], []
        for before, after in zip(widths, widths[1:]):
            layers += [nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], embed_dim, 1))

    def forward(self, x):
        return self.layers(x).flatten(2).transpose(1, 2)


def vit(size):
    network = VisionTransformer(
        img_size=size, patch_size=16, in_chans=CHANNELS, num_classes=0, embed_dim=192, depth=12, num_heads=3,
        class_token=False, global_pool="avg", embed_layer=ConvolutionalStem)
    for block in network.blocks:
        # Plain products and a softmax, which export as such, show where the network looks, and learn faster on a CPU.
        block.attn.fused_attn = False
    return network, 192


def resnet50(size):
    return timm.create_model("resnet50", in_chans=CHANNELS, num_classes=0), 2048


def inception_v3(size):
    return timm.create_model("inception_v3", in_chans=CHANNELS, num_classes=0, aux_logits=False), 2048


BUILDERS = {"vit": vit, "resnet50": resnet50, "inception-v3": inception_v3}
DESCRIPTIONS = {
    "vit": "vit tiny/16 with a convolutional stem, width 192, depth 12, 3 heads",
    "resnet50": "ResNet50",
    "inception-v3": "InceptionV3 without its auxiliary head",
}


class Classifier(nn.Module):
    """Logits of normal, osteopenia and osteoporosis, an embedding of 16 numbers, and T."""

    def __init__(self, architecture, size):
        super().__init__()
        self.size = size
        self.backbone, width = BUILDERS[architecture](size)
        self.embed, self.t_head, self.head = nn.Linear(width, EMBEDDING), nn.Linear(width, 1), nn.Linear(width, 3)

    def features(self, image):
        x = (image.float() - 130.0) / 70.0
        # What is finer than about a centimetre beside the film itself: cortex and trabeculae, without exposure.
        across = F.avg_pool2d(x, (1, 11), 1, (0, 5), count_include_pad=False)
        finer = x - F.avg_pool2d(across, (11, 1), 1, (5, 0), count_include_pad=False)
        return self.backbone(torch.cat([x, 3 * finer], 1)).float()

    def forward(self, image):
        x = self.features(image)
        return self.head(x), self.embed(x), self.t_head(x)


class WithHeat(nn.Module):
    """A vision transformer that also says where it looked: attention rolled out over all blocks (Abnar 2020)."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, image):
        attention, hooks = [], []
        for block in self.model.backbone.blocks:
            hooks.append(block.attn.attn_drop.register_forward_hook(lambda _, __, out: attention.append(out.mean(1))))
        answers = self.model(image)
        for hook in hooks:
            hook.remove()
        # How much each patch weighs in the mean over all patches, block by block backwards; half goes past each block.
        share = torch.full_like(attention[0][:, :1], 1 / attention[0].shape[-1])
        for weights in reversed(attention):
            share = 0.5 * (share + share @ weights)
        edge = self.model.backbone.patch_embed.grid_size
        return *answers, share.reshape(-1, *edge)
