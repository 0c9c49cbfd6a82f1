"""A network's graph rewritten so that a processor has less work for the same answers.

Networks like the U-Net upsample a picture by two, concatenate it with another of that size and convolve both. In the
upsampled picture every pixel appears four times, so the convolution repeats much of its work. As one transposed
convolution of the small picture it takes four ninths of the multiplications, and neither the upsampled picture nor the
concatenation is written to memory.
"""

from typing import Any

import numpy as np

_TO_CHANNELS_FIRST, _TO_CHANNELS_LAST = [0, 3, 1, 2], [0, 2, 3, 1]


def lighten(graph: Any) -> None:
    """Rewrite an OpenVINO graph in place, wherever the known pattern is found.

    Its nearest-neighbour interpolations must double heights and widths, as `profilex.model.engines.convert` writes
    them. The order of additions changes, so answers differ in the last digits of their float32.
    """
    nodes = graph.get_ordered_ops()
    doublings = [node for node in _of(nodes, "Interpolate") if node.get_attributes()["mode"] == "nearest"]
    for doubling in doublings:
        _convolve_before_doubling(doubling)
    for pad in _of(nodes, "Pad"):
        _pad_in_pooling(pad)
    graph.validate_nodes_and_infer_types()


def transposed_kernel(kernel: np.ndarray) -> np.ndarray:
    """The transposed convolution (in, out, 4, 4) equivalent to `kernel` (out, in, 3, 3) after an upsampling by two.

    Its stride is two, and one row and column is cropped at every border.
    """
    falls = np.zeros((4, 3), kernel.dtype)  # which taps fall on which pixel of the small picture
    for tap in range(3):
        falls[[2 - tap, 3 - tap], tap] = 1
    return np.ascontiguousarray(np.einsum("oiyx,vy,ux->iovu", kernel, falls, falls))


def _convolve_before_doubling(doubling: Any) -> None:
    """Replace an upsampling and the convolution after it, with or without a concatenated picture."""
    from profilex.model.engines.silent import operations as ops

    doubled = _only_user(doubling)
    if doubled is None or not _is_turned(doubled, _TO_CHANNELS_FIRST):
        return
    beside = _only_user(doubled)
    is_beside = beside is not None and _is_of(beside, "Concat")
    if is_beside and beside.get_attributes()["axis"] not in (1, -3):
        return
    convolution = _only_user(beside) if is_beside else beside
    if convolution is None or not _is_3x3(convolution):
        return
    pictures = list(beside.input_values()) if is_beside else [doubled.output(0)]
    answers = []
    start = 0
    for picture in pictures:
        channels = picture.get_partial_shape()[1].get_length()
        kernel = np.ascontiguousarray(convolution.input_value(1).get_node().data[:, start : start + channels])
        start += channels
        if picture.get_node() == doubled:
            kernel = transposed_kernel(kernel)
            small = _channels_first(doubling.input_value(0))
            made = ops.convolution_backprop_data(small, ops.constant(kernel), [2, 2], None, [1, 1], [1, 1])
        else:
            made = ops.convolution(picture, ops.constant(kernel), [1, 1], [1, 1], [1, 1], [1, 1])
        answers.append(made)
    answer = answers[0]
    for other in answers[1:]:
        answer = ops.add(answer, other)
    convolution.output(0).replace(answer.output(0))


def _pad_in_pooling(pad: Any) -> None:
    """Let a pooling pad its own borders, if its input is nowhere below the zeros of the padding."""
    from profilex.model.engines.silent import operations as ops

    pooling = _only_user(pad)
    if pooling is None or not _is_of(pooling, "MaxPool") or not _is_of(pad.input_value(0).get_node(), "Relu"):
        return
    before, after, value = (pad.input_value(i).get_node() for i in (1, 2, 3))
    way = pooling.get_attributes()
    constant = all(_is_of(node, "Constant") for node in (before, after, value))
    if not constant or float(value.data) != 0 or pad.get_attributes()["pad_mode"] != "constant":
        return
    if way["auto_pad"] != "valid" or way["rounding_type"] != "floor":
        return
    borders = np.array([before.data, after.data])
    if borders[:, :2].any() or (borders[:, 2:] < 0).any() or (borders[:, 2:] >= way["kernel"]).any():
        return
    pooled = ops.max_pool(
        pad.input_value(0),
        way["strides"],
        way["dilations"],
        list(before.data[2:]),
        list(after.data[2:]),
        way["kernel"],
        way["rounding_type"],
    )
    pooling.output(0).replace(pooled.output(0))


def _of(nodes: list[Any], kind: str) -> list[Any]:
    return [node for node in nodes if _is_of(node, kind)]


def _is_of(node: Any, kind: str) -> bool:
    return bool(node.get_type_name() == kind)


def _only_user(node: Any) -> Any:
    """The node that uses the first output of a node; None if there is not exactly one."""
    users = [user.get_node() for user in node.output(0).get_target_inputs()]
    return users[0] if len(users) == 1 else None


def _is_turned(node: Any, order: list[int]) -> bool:
    return _is_of(node, "Transpose") and list(node.input_value(1).get_node().data) == order


def _channels_first(picture: Any) -> Any:
    """A picture with its channels first; a transposition made only for the upsampling is undone."""
    from profilex.model.engines.silent import operations as ops

    if _is_turned(picture.get_node(), _TO_CHANNELS_LAST):
        return picture.get_node().input_value(0)
    return ops.transpose(picture, ops.constant(np.array(_TO_CHANNELS_FIRST))).output(0)


def _is_3x3(node: Any) -> bool:
    """Whether a node is a 3 x 3 convolution of stride one whose output has the size of its input."""
    if not _is_of(node, "Convolution") or not _is_of(node.input_value(1).get_node(), "Constant"):
        return False
    way = node.get_attributes()
    is_plain = list(way["strides"]) == [1, 1] and list(way["dilations"]) == [1, 1]
    is_same = way["auto_pad"].startswith("same") or list(way["pads_begin"]) == list(way["pads_end"]) == [1, 1]
    return is_plain and is_same and tuple(node.input_value(1).get_node().data.shape[2:]) == (3, 3)
