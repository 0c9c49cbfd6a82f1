"""Rebuild a model's network with Keras and write it for OpenVINO: `python -m profilex.model.engines.convert MODEL OUT`.

It runs in a process of its own, so that a worker with OpenVINO never loads TensorFlow (2 s and 670 MB).
`profilex.model.engines.compiled` starts it once for each model and keeps what it writes.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from profilex.errors import ProfilexError
from profilex.model.card import read_model
from profilex.model.engines.graph import lighten

IR_FILE = "network.xml"
IR_WEIGHTS_FILE = "network.bin"


def convert(model: Path, out: Path) -> None:
    """Write the network of a model package into the folder `out` as OpenVINO IR, with its float32 weights.

    The network's input size stays variable; its output is that of the Keras network.

    Raises:
        RunError: the package is missing or its bytes do not match its card.
    """
    card, weights = read_model(model)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from profilex.model.build import rebuild_network
    from profilex.model.engines.silent import openvino

    graph = lightened(rebuild_network(card.architecture, weights))
    openvino.save_model(graph, out / IR_FILE, compress_to_fp16=False)


def lightened(network: Any) -> Any:
    """A Keras network as an OpenVINO graph with less work for a processor: see `profilex.model.engines.graph`."""
    from profilex.model.engines.silent import openvino

    with tempfile.TemporaryDirectory(prefix="profilex-convert-") as saved:
        _with_single_upsampling(network).export(saved, format="tf_saved_model", verbose=False)
        graph = openvino.Core().read_model(saved)
        lighten(graph)
    return graph


def _with_single_upsampling(network: Any) -> Any:
    """The same network with each upsampling layer as one operation, which `lighten` recognises.

    Keras writes such layers as repeated rows and columns, for which OpenVINO transposes the picture and back: a tenth
    of the network's time.
    """
    import keras
    import tensorflow as tf

    class Doubling(keras.layers.Layer):
        def call(self, picture: Any) -> Any:
            size = tf.shape(picture)[1:3] * 2
            return tf.raw_ops.ResizeNearestNeighbor(images=picture, size=size, half_pixel_centers=True)

        def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            sides = (side and side * 2 for side in shape[1:3])
            return (shape[0], *sides, shape[3])

    def rebuilt(layer: Any) -> Any:
        doubles = isinstance(layer, keras.layers.UpSampling2D) and tuple(layer.size) == (2, 2)
        if doubles and layer.interpolation == "nearest":
            return Doubling(name=layer.name)
        return type(layer).from_config(layer.get_config())

    doubling = keras.models.clone_model(network, clone_function=rebuilt)
    doubling.set_weights(network.get_weights())
    return doubling


def main(arguments: list[str]) -> int:
    """Run the conversion; the exit status is that of the error, whose message goes to stderr."""
    model, out = (Path(argument) for argument in arguments)
    try:
        convert(model, out)
    except ProfilexError as error:
        print(error, file=sys.stderr)
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
