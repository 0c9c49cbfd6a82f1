import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from profilex.ink.grey_levels import grey_percentiles


@given(
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40)), st.floats(0, 100), st.booleans()
)
def test_percentiles_are_those_of_numpy(picture, percent, is_turned):
    picture = picture.T if is_turned else picture
    assert grey_percentiles(picture, percent, 90) == pytest.approx(np.percentile(picture, (percent, 90)), abs=1e-6)
