import numpy as np
import pytest

from profilex.errors import Code, RunError
from profilex.train.losses import build_loss
from profilex.train.schedules import Schedule

pytestmark = pytest.mark.slow


SHAPE = (2, 8, 8, 2)
CHANNELS = ("section", "vessel")


@pytest.fixture
def batch():
    rng = np.random.default_rng(1)
    targets = (rng.random(SHAPE) > 0.7).astype(np.float32)
    weights = np.ones((2, 8, 8, 1), np.float32)
    return targets, weights, np.ones((2, 2), np.float32)


@pytest.mark.parametrize("name", ["focal+dice", "bce", "bce+jaccard", "dice", "bce+log_dice"])
def test_the_truth_costs_nothing_and_its_opposite_most(batch, name):
    targets, weights, annotated = batch
    loss = build_loss(name, CHANNELS)
    right, unsure, wrong = (
        float(loss(targets, factor * (targets - 0.5), weights, annotated)) for factor in (60.0, 0.0, -60.0)
    )
    assert right == pytest.approx(0.0, abs=1e-3)
    assert right < unsure < wrong


def test_softmax_is_cross_entropy_over_classes(batch):
    section = batch[0][..., :1]
    targets = np.concatenate([1 - section, section], axis=-1)
    loss = build_loss("softmax", ("background", "section"), "softmax")
    value = float(loss(targets, np.zeros(SHAPE, np.float32), batch[1], batch[2]))
    assert value == pytest.approx(np.log(2) / 2)  # the mean over two channels of a cross-entropy of log 2


def test_a_channel_without_truth_costs_nothing(batch):
    targets, weights, annotated = batch
    annotated[:, 1] = 0.0
    loss = build_loss("focal+dice", CHANNELS)
    logits = np.zeros(SHAPE, np.float32)
    other = logits.copy()
    other[..., 1] = 9.0
    assert float(loss(targets, logits, weights, annotated)) == pytest.approx(
        float(loss(targets, other, weights, annotated))
    )


def test_dice_is_that_of_the_whole_batch():
    targets = np.zeros((1, 1, 4, 1), np.float32)
    targets[0, 0, :2] = 1
    logits = np.where(targets > 0, 0.0, -60.0).astype(np.float32)  # found with 0.5 where true
    value = float(build_loss("dice", ("section",))(targets, logits, np.ones_like(targets), np.ones((1, 1), np.float32)))
    assert value == pytest.approx(1 - (2 * 1.0 + 1) / (1.0 + 2.0 + 1))


@pytest.mark.parametrize(("name", "activation"), [("tversky", "sigmoid"), ("softmax", "sigmoid"), ("bce", "softmax")])
def test_unfit_losses_are_refused(name, activation):
    with pytest.raises(RunError) as caught:
        build_loss(name, CHANNELS, activation)
    assert caught.value.code is Code.USAGE


def test_cosine_rises_and_falls():
    schedule = Schedule(peak=1e-3, floor=1e-5, warm_up=0.1)
    rates = [schedule.rate(share) for share in np.linspace(0, 1, 101)]
    assert np.argmax(rates) == 10
    assert max(rates) == pytest.approx(1e-3)
    assert rates[-1] == pytest.approx(1e-5)
    assert rates[0] > 0


def test_cyclic_runs_between_both_ends():
    rates = [Schedule("cyclic", peak=1e-4, floor=1e-5, warm_up=0.0, cycles=3).rate(s) for s in np.linspace(0, 1, 601)]
    assert min(rates) == pytest.approx(1e-5, rel=0.05)
    assert sum(rate > 0.98e-4 for rate in rates) > 3


def test_constant_stays():
    assert Schedule("constant", peak=2e-4, warm_up=0.0).rate(0.7) == 2e-4


def test_unknown_schedules_are_refused():
    with pytest.raises(RunError, match="constant, cosine, cyclic"):
        Schedule("stairs")
