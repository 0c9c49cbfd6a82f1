"""Cilantro's base tasks: parameters, results that add up along a chain, and a failure that is told and cleaned up."""

import logging
import os
import shutil
from pathlib import Path

from celery import Task
from utils.job_db import JobDb
from utils.object import Object


class BaseTask(Task):
    working_dir = os.environ["WORKING_DIR"]
    staging_dir = os.environ["STAGING_DIR"]
    log = logging.getLogger(__name__)
    job_db = JobDb()

    def get_work_path(self):
        path = Path(self.working_dir, self.work_path)
        path.mkdir(exist_ok=True)
        return str(path)

    def run(self, prev_result=None, **params):
        self.params, self.results = params, dict(prev_result or {})
        self.results.update(params.get("result", {}))
        for name in ("job_id", "work_path"):
            if name not in params:
                raise KeyError(f"{self.name} demands {name}")
        self.job_id, self.work_path = params["job_id"], params["work_path"]
        self.parent_job_id = params.get("parent_job_id")
        found = self.execute_task()
        return {**self.results, **(found or {})}

    def after_return(self, status, retval, task_id, args, kwargs, einfo):
        if status == "FAILURE":
            self.job_db.update_job_state(self.parent_job_id, "failure")
            shutil.rmtree(self.get_work_path())

    def get_param(self, key):
        try:
            return self.params[key]
        except KeyError:
            raise KeyError(f"{self.name} demands the parameter {key}") from None

    def get_result(self, key):
        try:
            return self.results[key]
        except KeyError:
            raise KeyError(f"{self.name} demands the result {key}") from None


class ObjectTask(BaseTask):
    def execute_task(self):
        return self.process_object(Object(self.get_work_path()))


class FileTask(BaseTask):
    """The file is the work path, and the representation `target` lies beside its own."""

    def execute_task(self):
        file = Path(self.get_param("work_path"))
        target = file.parents[1] / self.get_param("target")
        target.mkdir(exist_ok=True)
        self.process_file(file, target)
