"""The Dockerfile and the compose file parse, fit each other and the tree, and keep their promises."""

import json
import re
from fnmatch import fnmatch

import pytest
import yaml

from tests.helpers.documents import ROOT

INSTRUCTIONS = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "FROM", "HEALTHCHECK", "RUN", "USER", "WORKDIR",
}  # fmt: skip


@pytest.fixture(scope="module")
def image():
    """Instructions of the Dockerfile as (name, arguments); comments go, continued lines are joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def arguments(image, name):
    return [rest for instruction, rest in image if instruction == name]


def test_only_known_instructions(image):
    assert {name for name, _ in image} <= INSTRUCTIONS


def test_the_base_is_pinned_slim_and_of_a_python_that_profilex_supports(image):
    [base] = [rest for rest in arguments(image, "ARG") if rest.startswith("BASE=")]
    version = re.fullmatch(r"BASE=python:3\.(\d+)\.\d+-slim-\w+", base)
    assert version
    assert 11 <= int(version[1]) <= 13
    assert all(rest.startswith("${BASE} AS ") for rest in arguments(image, "FROM"))


def test_stages_that_are_copied_from_exist(image):
    stages = {rest.rpartition(" ")[2] for rest in arguments(image, "FROM")}
    copied = {stage for rest in arguments(image, "COPY") for stage in re.findall(r"--from=(\S+)", rest)}
    assert copied <= stages


def test_what_is_copied_is_there_and_not_ignored(image):
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    kept = {line[1:] for line in ignored if line.startswith("!")}
    sources = [s for rest in arguments(image, "COPY") if "--from" not in rest for s in rest.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, pattern) for pattern in kept), f"{source} is in .dockerignore"


def test_the_image_runs_as_an_ordinary_user_and_checks_its_model(image):
    *_, (_, user) = [(name, rest) for name, rest in image if name == "USER"]
    assert user not in ("root", "0")
    [health] = arguments(image, "HEALTHCHECK")
    assert json.loads(health.partition("CMD ")[2]) == ["profilex", "models", "verify"]
    assert json.loads(arguments(image, "ENTRYPOINT")[0]) == ["profilex"]


def test_every_service_is_built_here_unprivileged_and_read_only(compose, services, image):
    stages = {rest.rpartition(" ")[2] for rest in arguments(image, "FROM")}
    for name, service in services.items():
        assert service["build"]["target"] in stages, name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service, "dask runs whatever it is sent: no port leaves the network"
        assert set(service.get("depends_on", {})) <= services.keys()


def test_the_build_arguments_are_known(services, image):
    known = {rest.partition("=")[0] for rest in arguments(image, "ARG")}
    assert {name for service in services.values() for name in service["build"].get("args", {})} <= known


def test_scans_are_read_only_and_profiles_are_not(services):
    for name in ("worker", "worker-gpu", "batch"):
        scans, profiles = services[name]["volumes"]
        assert scans.endswith(":/scans:ro")
        assert profiles.endswith(":/profiles")


def test_all_meet_at_the_scheduler(services):
    port = services["scheduler"]["command"][1]
    address = f"tcp://scheduler:{port}"
    assert all(address in services[name]["command"] for name in ("worker", "worker-gpu", "batch"))


def test_health_is_asked_where_it_is_answered(services):
    for name in ("scheduler", "worker", "worker-gpu"):
        command = services[name]["command"]
        port = command[command.index("--dashboard-address") + 1]
        assert f"127.0.0.1{port}/health" in services[name]["healthcheck"]["test"][-1]


def test_variables_are_documented(services):
    text = (ROOT / "docs" / "containers.md").read_text()
    used = set(re.findall(r"\$\{(\w+):-", (ROOT / "docker-compose.yml").read_text()))
    assert {name for name in used if f"`{name}`" not in text} == set()
