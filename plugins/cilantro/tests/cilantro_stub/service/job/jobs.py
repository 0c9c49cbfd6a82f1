"""A job: chains of tasks, one an object, with ids in every task's arguments."""

import uuid

from utils.job_db import JobDb

started = []


class BatchJob:
    def __init__(self, params, user_name):
        self.id = str(uuid.uuid4())
        self.chains, self.chain_parameters = self._create_chains(params, user_name)
        assert len(self.chains) == len(self.chain_parameters)
        self.chain_ids = [self._number(chain) for chain in self.chains]

    def _number(self, chain):
        chain_id = str(uuid.uuid4())
        chain.kwargs["work_path"] = chain_id
        for task in chain.tasks:
            task.kwargs.update(job_id=str(uuid.uuid4()), work_path=chain_id, parent_job_id=chain_id)
        return chain_id

    def run(self):
        started.append(self)
        for chain_id in self.chain_ids:
            JobDb().update_job_state(chain_id, "started")
