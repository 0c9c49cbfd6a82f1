"""The network during training: one compiled step, the optimizer, and the running mean of the weights."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from profilex.errors import Code, RunError
from profilex.train.fused import fuse
from profilex.train.losses import Loss
from profilex.train.tiles import Batch


@dataclass(frozen=True, slots=True)
class StepSettings:
    """The parameters of one training step."""

    weight_decay: float = 1e-4
    clip_norm: float = 2.0
    mean_decay: float = 0.995  # of the running mean of the weights
    norm_momentum: float = 0.97  # of the moving statistics of batch normalisation; low, because trainings are short


def prepare(precision: str, seed: int) -> None:
    """Choose the arithmetic and the seed of the initial weights, before the network is built.

    `precision` is "float32", "bf16" (for processors) or "mixed_float16" (for graphics cards).

    Raises:
        RunError: code `usage`, for any other name.
    """
    if precision not in ("float32", "bf16", "mixed_float16"):
        raise RunError(
            Code.USAGE, f"there is no precision {precision!r}.", "Choose one of: float32, bf16, mixed_float16."
        )
    for gpu in tf.config.list_physical_devices("GPU"):
        with suppress(RuntimeError):  # TensorFlow is already in use in this process
            tf.config.experimental.set_memory_growth(gpu, True)  # other processes may use the GPU too
    keras.utils.set_random_seed(seed)
    keras.mixed_precision.set_global_policy("mixed_float16" if precision == "mixed_float16" else "float32")
    tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": precision == "bf16"})


class Learner:
    """A network with its optimizer and the running mean of its weights, which is validated and shipped."""

    def __init__(self, network: Any, loss: Loss, settings: StepSettings, input_kind: str = "ink") -> None:
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = settings.norm_momentum
                fuse(layer)
        self.network = network
        self._logits = _up_to_logits(network)
        self._loss = loss
        self._input_kind = input_kind
        self._settings = settings
        self._variables = _learning(network)
        self._optimizer = _optimizer(self._variables, settings)
        self._mean = [tf.Variable(value, trainable=False) for value in network.weights]
        self._learn = tf.function(self._take_step, reduce_retracing=True)
        self._infer = tf.function(self._answer, reduce_retracing=True)
        self.step = 0

    def initialise_statistics(self, batch: Batch) -> None:
        """Start a new network with the statistics of a batch, before the first step.

        Keras starts moving variances at 1, which is so far from those of the thin layers of mobile backbones that it
        spoils inference for hundreds of steps. The last bias starts at each channel's share of the tiles.
        """
        norms = [layer for layer in self.network.layers if isinstance(layer, keras.layers.BatchNormalization)]
        for layer in norms:
            layer.momentum = 0.0
        self.network(self._scaled(batch.ink), training=True)
        for layer in norms:
            layer.momentum = self._settings.norm_momentum
        share = np.clip(batch.targets.mean(axis=(0, 1, 2)), 0.01, 0.5)
        self.network.layers[-2].bias.assign(np.log(share / (1.0 - share)))
        for mean, value in zip(self._mean, self.network.get_weights(), strict=True):
            mean.assign(value)

    def learn(self, batch: Batch, rate: float) -> float:
        """Take one step on a batch with a learning rate, and return the loss."""
        inner = getattr(self._optimizer, "inner_optimizer", self._optimizer)
        inner.learning_rate.assign(rate)
        decay = min(self._settings.mean_decay, (1 + self.step) / (10 + self.step))
        loss = self._learn(
            *(tf.convert_to_tensor(a) for a in (batch.ink, batch.targets, batch.weights, batch.annotated)),
            tf.constant(decay, tf.float32),
        )
        self.step += 1
        return float(loss)

    def _take_step(self, ink: Any, targets: Any, weights: Any, annotated: Any, decay: Any) -> Any:
        variables = self._variables
        with tf.GradientTape() as tape:
            logits = tf.cast(self._logits(self._scaled(ink), training=True), tf.float32)
            loss = self._loss(targets, logits, weights, annotated)
            scaled = self._optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, [variable.value for variable in variables])
        self._optimizer.apply(gradients, variables)
        for mean, weight in zip(self._mean, self.network.weights, strict=True):
            mean.assign_sub((1.0 - decay) * (mean - weight.value))
        return loss

    def _scaled(self, ink: Any) -> Any:
        """Ink (n, h, w, 1), 0..1, as the network's input: see `Card.input`; grey is repeated for three channels."""
        grey = {
            "ink": ink,
            "unit": 1.0 - ink,
            "byte": 255.0 * (1.0 - ink),
            "signed": 1.0 - 2.0 * ink,
        }[self._input_kind]
        return tf.repeat(grey, self.network.input_shape[-1], axis=-1)

    def mean_weights(self) -> list[np.ndarray]:
        """The running mean of every weight, in the order of `network.get_weights()`, float32."""
        return [variable.numpy() for variable in self._mean]

    def probabilities(self, ink: np.ndarray) -> np.ndarray:
        """Probabilities float32 (n, h, w, c) of ink float32 (n, h, w, 1), with the network's present weights."""
        return self._infer(tf.convert_to_tensor(ink)).numpy()

    def _answer(self, ink: Any) -> Any:
        return tf.cast(self.network(self._scaled(ink), training=False), tf.float32)

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Give the network the running mean of its weights, for validation; afterwards the learning weights return."""
        learning = self.network.get_weights()
        self.network.set_weights(self.mean_weights())
        try:
            yield
        finally:
            self.network.set_weights(learning)

    def state(self) -> dict[str, list[np.ndarray]]:
        """Everything that a resumed training needs, as arrays."""
        return {
            "weights": [np.asarray(value) for value in self.network.get_weights()],
            "mean": self.mean_weights(),
            "optimizer": [np.asarray(variable.value) for variable in self._optimizer.variables],
        }

    def restore(self, state: dict[str, list[np.ndarray]], step: int) -> None:
        """Continue from a state.

        Raises:
            RunError: code `model_mismatch`, if it belongs to another architecture.
        """
        variables = self._optimizer.variables
        shapes = [tuple(value.shape) for value in self.network.weights]
        if [a.shape for a in state["weights"]] != shapes or len(state["optimizer"]) != len(variables):
            raise RunError(
                Code.MODEL_MISMATCH,
                "the checkpoint belongs to another architecture.",
                "Resume with the settings with which the training was started.",
            )
        self.network.set_weights(state["weights"])
        for mean, value in zip(self._mean, state["mean"], strict=True):
            mean.assign(value)
        for variable, value in zip(variables, state["optimizer"], strict=True):
            variable.assign(value)
        self.step = step


def _up_to_logits(network: Any) -> Any:
    """The network without its last activation: losses on logits are exact even in low precision."""
    last = network.layers[-1]
    if isinstance(last, keras.layers.Activation):
        return keras.Model(network.inputs, last.input)
    raise RunError(
        Code.MODEL_MISMATCH,
        "the network does not end in an activation layer.",
        "Build it with profilex.model.build.build_network.",
    )


def _learning(network: Any) -> list[Any]:
    """The variables that are learnt: all trainable ones, except a shift of the network's input.

    Some backbones normalise their input first. Learning the shift there takes a fifth of a step, because it alone needs
    the gradient of the picture, and has no effect: the normalisation after the first convolution cancels it.
    """
    frozen = {
        id(variable)
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization) and layer.input in network.inputs
        for variable in layer.trainable_variables
    }
    return [variable for variable in network.trainable_variables if id(variable) not in frozen]


def _optimizer(variables: list[Any], settings: StepSettings) -> Any:
    optimizer = keras.optimizers.AdamW(
        learning_rate=1e-3, weight_decay=settings.weight_decay, global_clipnorm=settings.clip_norm
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    if keras.mixed_precision.global_policy().compute_dtype == "float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(variables)
    return optimizer
