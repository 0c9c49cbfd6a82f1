"""States of jobs, and the numbers that make objects' ids unique."""

import itertools

states = {}
_numbers = itertools.count(1373246)


class JobDb:
    def update_job_state(self, job_id, state):
        states[job_id] = state

    def get_next_unique_object_id_suffix(self):
        return next(_numbers)
