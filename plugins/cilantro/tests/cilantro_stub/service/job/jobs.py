"""A job: chains of tasks, one an object, with ids in every task's arguments."""

import uuid

started = []


class BatchJob:
    def __init__(self, params, user_name):
        self.id = str(uuid.uuid4())
        self.chains, self.chain_parameters = self._create_chains(params, user_name)
        assert len(self.chains) == len(self.chain_parameters)
        for chain in self.chains:
            chain.kwargs["work_path"] = str(uuid.uuid4())
            for task in chain.tasks:
                task.kwargs.update(job_id=str(uuid.uuid4()), work_path=chain.kwargs["work_path"], parent_job_id=self.id)

    def run(self):
        started.append(self)
