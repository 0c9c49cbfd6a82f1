"""Cilantro's own tasks, as far as an object's way through repository and archive needs them."""

import os
import shutil
import uuid
from pathlib import Path

from PIL import Image
from utils import cilantro_info_file
from utils.celery_client import celery_app
from utils.repository import generate_repository_path

from tests.helpers.cilantro_objects import mets
from workers.base_task import BaseTask, FileTask, ObjectTask


class CreateObjectTask(ObjectTask):
    name = "create_object"

    def process_object(self, obj):
        obj.id = f"{self.get_param('id')}_{self.job_db.get_next_unique_object_id_suffix()}"
        obj.metadata = self.get_param("metadata")
        suffix = self.get_param("initial_representation")
        staging = Path(self.staging_dir, self.get_param("user"), self.get_param("path"))
        scans = sorted(staging.rglob(f"*.{suffix}"))
        if not scans:
            raise FileNotFoundError(f"nothing to work on in {staging}")
        cilantro_info_file.write(staging, "started")
        for scan in scans:
            obj.add_file(suffix, scan)
        obj.write()
        return {"object_id": obj.id}


class ListFilesTask(ObjectTask):
    """Its own parameters go to the task of every file as well."""

    name = "list_files"

    def process_object(self, obj):
        task = celery_app.tasks[self.get_param("task")]
        for file in sorted(Path(obj.get_representation_dir(self.get_param("representation"))).glob("*.*")):
            own = {
                "job_id": str(uuid.uuid4()),
                "work_path": str(file),
                "parent_job_id": self.job_id,
                "result": self.results,
            }
            task.run(**{**self.params, **own})


class TifToJpgTask(FileTask):
    name = "convert.tif_to_jpg"

    def process_file(self, file, target):
        with Image.open(file) as picture:
            picture.thumbnail((self.params.get("max_width", 4000), self.params.get("max_height", 4000)))
            picture.convert("L").save(target / f"{file.stem}.jpg")


class TifToPdfTask(FileTask):
    name = "convert.tif_to_pdf"

    def process_file(self, file, target):
        self.get_param("ocr_lang")  # None: without text
        with Image.open(file) as picture:
            picture.save(target / f"{file.stem}.pdf")


class MergeConvertedPdfTask(ObjectTask):
    name = "convert.merge_converted_pdf"

    def process_object(self, obj):
        pages = sorted(Path(obj.get_representation_dir("pdf")).glob("*.pdf"))
        merged = b"".join(page.read_bytes() for page in pages)
        Path(obj.get_representation_dir("pdf"), f"{obj.id}.pdf").write_bytes(merged)


class GenerateXMLTask(ObjectTask):
    """A page's div points to its thumbnail whether or not there are thumbnails, as Cilantro's template does."""

    name = "generate_xml"

    def process_object(self, obj):
        assert self.get_param("template_file") == "mets_template_archive.xml"
        if not Path(obj.get_representation_dir("pdf"), f"{obj.id}.pdf").is_file():
            raise FileNotFoundError(f"{obj.id}.pdf")
        names = sorted(path.stem for path in Path(obj.get_representation_dir("jpg")).glob("*.jpg"))
        thumbnails = Path(obj.get_representation_dir("jpg_thumbnails")).is_dir()
        document = mets(names, thumbnails=thumbnails)
        Path(obj.path, self.get_param("target_filename")).write_bytes(document)


class PublishToRepositoryTask(BaseTask):
    name = "publish_to_repository"

    def execute_task(self):
        source = Path(self.get_work_path())
        target = Path(os.environ["REPOSITORY_DIR"], generate_repository_path(self.get_result("object_id")))
        shutil.rmtree(target, ignore_errors=True)
        for representation in ("pdf", "jpg"):
            shutil.copytree(source / "data" / representation, target / "data" / representation)
        for name in ("meta.json", "mets.xml"):
            shutil.copy(source / name, target)


class PublishToArchiveTask(BaseTask):
    name = "publish_to_archive"

    def execute_task(self):
        target = Path(os.environ["ARCHIVE_DIR"], generate_repository_path(self.get_result("object_id")))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.get_work_path(), target)


class CleanupDirectoriesTask(BaseTask):
    name = "cleanup_directories"

    def execute_task(self):
        done = self.get_param("mark_done")
        staging = Path(self.staging_dir, self.get_param("user_name"), self.get_param("staging_current_folder"))
        if done:
            (staging / ".info").write_text("processed")
        shutil.rmtree(self.get_work_path())


class FinishChainTask(BaseTask):
    name = "finish_chain"

    def execute_task(self):
        staging = Path(self.staging_dir, self.get_param("user_name"), self.get_param("chain_input_directory"))
        self.job_db.update_job_state(self.parent_job_id, "success")
        cilantro_info_file.write(staging, "success")


for _kind in (
    CreateObjectTask, ListFilesTask, TifToJpgTask, TifToPdfTask, MergeConvertedPdfTask, GenerateXMLTask,
    PublishToRepositoryTask, PublishToArchiveTask, CleanupDirectoriesTask, FinishChainTask,
):  # fmt: skip
    celery_app.register_task(_kind())
