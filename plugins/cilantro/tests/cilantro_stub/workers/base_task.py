"""Cilantro's base tasks: parameters, results that add up along a chain, and a work folder that a failure deletes."""

import logging
import os
import shutil
from pathlib import Path

from celery import Task
from utils.object import Object


class BaseTask(Task):
    working_dir = os.environ["WORKING_DIR"]
    log = logging.getLogger(__name__)

    def get_work_path(self):
        path = Path(self.working_dir, self.work_path)
        path.mkdir(exist_ok=True)
        return str(path)

    def run(self, prev_result=None, **params):
        self.params, self.results = params, dict(prev_result or {})
        self.results.update(params.get("result", {}))
        self.job_id, self.work_path = params["job_id"], params["work_path"]
        found = self.execute_task()
        return {**self.results, **(found or {})}

    def after_return(self, status, retval, task_id, args, kwargs, einfo):
        if status == "FAILURE":
            shutil.rmtree(self.get_work_path())

    def get_param(self, key):
        return self.params[key]

    def get_result(self, key):
        return self.results[key]


class ObjectTask(BaseTask):
    def execute_task(self):
        return self.process_object(Object(self.get_work_path()))
