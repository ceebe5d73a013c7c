"""The files of `serving/` are valid, and name only what the service has."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from limits.storage import SCHEMES
from prometheus_client import Counter, Gauge, Histogram

from sayso.cli.package import IMAGE_VARIABLES
from sayso.errors import InputError
from sayso.server import metrics
from sayso.server.keys import Keys
from sayso.server.middleware.auth import PUBLIC_PATHS
from sayso.server.settings import ServerSettings
from tests.conftest import ROOT

DEPLOY = ROOT / "serving"
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
DASHBOARD = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
YAMLLINT = "{extends: default, rules: {line-length: {max: 100}}}"
SUFFIXES = {Counter: ("_total",), Gauge: ("",), Histogram: ("_bucket", "_sum", "_count")}
METRICS: dict[str, set[str]] = {
    f"{family.name}{suffix}": set(metric._labelnames)
    for metric in vars(metrics).values()
    if isinstance(metric, Counter | Gauge | Histogram)
    for family in metric.describe()
    for suffix in SUFFIXES[type(metric)]
}
"""Every name that Prometheus sees, with its labels."""
OF_PROMETHEUS = {"le", "instance", "job"}


def resources() -> dict[str, Any]:
    """Every manifest's resource, by its kind."""
    found = [
        resource
        for file in MANIFESTS
        for resource in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]
    assert len({one["kind"] for one in found}) == len(found)
    return {one["kind"]: one for one in found}


def pod() -> dict[str, Any]:
    found: dict[str, Any] = resources()["Deployment"]["spec"]["template"]["spec"]
    return found


def lint(name: str, *arguments: str | Path) -> None:
    tool = Path(sys.executable).parent / name
    done = subprocess.run([tool, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def read_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ServerSettings:
    file = folder / "settings.toml"
    file.write_text(resources()["ConfigMap"]["data"]["settings.toml"], encoding="utf-8")
    monkeypatch.setenv("SAYSO_CONFIG", str(file))
    return ServerSettings()


def expressions() -> list[str]:
    """Every query of the dashboard."""
    found = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    return found + [one["definition"] for one in DASHBOARD["templating"]["list"][1:]]


def flat(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


def blocks(kind: str) -> list[str]:
    """The examples of the README in some language."""
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_yamllint_passes() -> None:
    assert MANIFESTS
    lint("yamllint", "--strict", "-d", YAMLLINT, *MANIFESTS)


def test_kubernetes_knows_every_field() -> None:
    version = kubernetes_validate.latest_version()
    for resource in resources().values():
        kubernetes_validate.validate(resource, version, strict=True)


def test_the_service_defines_the_metrics_of_the_dashboard() -> None:
    named = {name for one in expressions() for name in re.findall(r"\bsayso_\w+", one)}
    assert named <= METRICS.keys(), named - METRICS.keys()


def test_the_dashboard_shows_every_metric() -> None:
    shown = " ".join(expressions())
    of_histograms = {name for name in METRICS if name.startswith("sayso_request_seconds_")}
    for name in METRICS.keys() - of_histograms | {"sayso_request_seconds_bucket"}:
        assert name in shown


def test_the_dashboard_groups_by_labels_that_the_metrics_have() -> None:
    for one in expressions():
        labels = {
            label.strip()
            for group in re.findall(r"by \((.*?)\)", one)
            for label in group.split(",")
        }
        for name in re.findall(r"\bsayso_\w+", one):
            assert labels <= METRICS[name] | OF_PROMETHEUS, one


def test_the_autoscaler_reads_a_metric_of_the_service_and_cpu() -> None:
    spec = resources()["HorizontalPodAutoscaler"]["spec"]
    pods, cpu = spec["metrics"]
    assert pods["pods"]["metric"]["name"] in METRICS
    assert cpu["resource"]["name"] == "cpu"
    assert spec["scaleTargetRef"]["name"] == resources()["Deployment"]["metadata"]["name"]
    assert spec["minReplicas"] > resources()["PodDisruptionBudget"]["spec"]["maxUnavailable"]


def test_the_autoscaler_adds_replicas_before_requests_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pods, _ = resources()["HorizontalPodAutoscaler"]["spec"]["metrics"]
    wait = int(pods["pods"]["target"]["averageValue"])
    refused = read_settings(tmp_path, monkeypatch).limits.queue_seconds
    assert wait < refused
    assert f"wait of {wait} seconds, well before `queue_seconds` ({refused:g})" in flat(README)
    shown = [one["description"] for one in DASHBOARD["panels"]]
    assert any(f"the autoscaler aims at {wait}." in one for one in shown)


def test_every_setting_of_the_config_map_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(tmp_path, monkeypatch)
    given = tomllib.loads(resources()["ConfigMap"]["data"]["settings.toml"])
    assert given.keys() <= settings.model_fields_set
    assert given["limits"].keys() == settings.limits.model_fields_set


def test_a_pod_is_given_more_time_to_stop_than_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(tmp_path, monkeypatch)
    sleep = pod()["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod()["terminationGracePeriodSeconds"] > sleep + settings.stop_seconds
    assert settings.stop_seconds >= settings.limits.seconds


def test_the_readme_says_how_long_things_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(tmp_path, monkeypatch)
    sleep = pod()["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    for said in (
        f"`limits.seconds` ({settings.limits.seconds:g})",
        f"`limits.body_bytes` ({settings.limits.body_bytes / 2**20:g} MiB)",
        f"sleeps {sleep} seconds",
        f"`stop_seconds` ({settings.stop_seconds:g})",
        f"`terminationGracePeriodSeconds` ({pod()['terminationGracePeriodSeconds']})",
    ):
        assert said in flat(README)


def test_every_file_names_existing_settings_and_metrics() -> None:
    settings = {f"SAYSO_{name}".upper() for name in ServerSettings.model_fields} | {"SAYSO_CONFIG"}
    for file in (DEPLOY / "README.md", *MANIFESTS):
        text = file.read_text(encoding="utf-8")
        of_a_service = {"SAYSO_SERVICE_HOST"}  # what `enableServiceLinks: false` is for
        assert set(re.findall(r"SAYSO_\w*[A-Z]", text)) <= settings | of_a_service
        assert set(re.findall(r"\bsayso_\w+", text)) <= METRICS.keys()


def test_the_examples_of_the_readme_can_be_read() -> None:
    known = ServerSettings.model_fields.keys()
    for block in blocks("toml"):
        assert tomllib.loads(block).keys() <= known
    read = [yaml.safe_load(block) for block in blocks("yaml")]
    assert {name for one in read for name in one} == {"egress", "rules"}


def test_the_storages_of_rates_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = read_settings(tmp_path, monkeypatch).rate_storage.get_secret_value()
    storages = [chosen, *re.findall(r'rate_storage = "(.*?)"', README)]
    assert len(storages) == 3
    for storage in storages:
        assert f"async+{storage.partition(':')[0]}" in SCHEMES
    # The other scheme of limits wants another package than the one in the image.
    files = [file for file in DEPLOY.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    texts = [file.read_text("utf-8") for file in files]
    assert not any("redis://" in text for text in texts)
    assert any("valkey==" in text for text in texts)


def test_the_image_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert pod()["containers"][0]["image"] == f"sayso:{project['version']}"
    named = set(re.findall(r"sayso:(\d[\w.]*\w)", README))
    assert named == {project["version"]}


def test_probes_use_routes_without_a_key() -> None:
    (container,) = pod()["containers"]
    probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert [one["path"] for one in probes] == ["/readyz", "/readyz", "/livez"]
    template = resources()["Deployment"]["spec"]["template"]
    asked = {one["path"] for one in probes}
    asked |= {template["metadata"]["annotations"]["prometheus.io/path"]}
    asked |= set(re.findall(r"http://127\.0\.0\.1:8000(/\w+)", README))
    assert asked <= PUBLIC_PATHS
    assert {one["port"] for one in probes} == {"http"}


def test_the_files_that_the_settings_name_are_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(tmp_path, monkeypatch)
    (container,) = pod()["containers"]
    (config,) = [one for one in container["env"] if one["name"] == "SAYSO_CONFIG"]
    names = {one["mountPath"]: one["name"] for one in container["volumeMounts"]}
    volumes = {one["name"]: one for one in pod()["volumes"]}
    settings_volume = volumes[names[str(Path(config["value"]).parent)]]
    assert settings_volume["configMap"]["name"] == resources()["ConfigMap"]["metadata"]["name"]
    assert Path(config["value"]).name in resources()["ConfigMap"]["data"]
    assert settings.keys_file is not None
    keys_volume = volumes[names[str(settings.keys_file.parent)]]
    assert keys_volume["secret"]["secretName"] == resources()["Secret"]["metadata"]["name"]
    assert settings.keys_file.name in resources()["Secret"]["stringData"]


def test_the_ports_are_those_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read_settings(tmp_path, monkeypatch)
    ports = {one["name"]: one["containerPort"] for one in pod()["containers"][0]["ports"]}
    assert ports["metrics"] == settings.metrics_port
    assert str(ports["http"]) == IMAGE_VARIABLES["BENTOML_PORT"]
    template = resources()["Deployment"]["spec"]["template"]
    assert template["metadata"]["annotations"]["prometheus.io/port"] == str(ports["metrics"])


def test_the_service_puts_no_setting_into_the_environment() -> None:
    # SAYSO_SERVICE_HOST would be an unknown setting, and the server would not start.
    assert pod()["enableServiceLinks"] is False


def test_the_example_key_is_invalid() -> None:
    lines = resources()["Secret"]["stringData"]["keys"].splitlines()
    assert lines
    with pytest.raises(InputError, match="NAME:SHA256"):
        Keys(lines)


def test_nothing_may_go_out_and_only_tmp_is_written_to() -> None:
    policy = resources()["NetworkPolicy"]["spec"]
    assert "Egress" in policy["policyTypes"]
    assert policy["egress"] == []
    (container,) = pod()["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    writable = [one["mountPath"] for one in container["volumeMounts"] if not one.get("readOnly")]
    assert writable == ["/tmp"]
    assert pod()["securityContext"]["runAsNonRoot"] is True


def test_everything_selects_the_pods_of_the_deployment() -> None:
    found = resources()
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert found["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert found["Service"]["spec"]["selector"] == labels
    assert found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_the_pod_runs_as_the_user_of_the_image_and_can_write_where_bentoml_does() -> None:
    security = pod()["securityContext"]
    assert {security["runAsUser"], security["runAsGroup"], security["fsGroup"]} == {
        1034
    }  # see tests/server/test_bento.py
    (container,) = pod()["containers"]
    (home,) = [one["value"] for one in container["env"] if one["name"] == "BENTOML_HOME"]
    assert home.startswith("/tmp/")


def test_the_readme_lists_the_load_tests() -> None:
    tests = {
        path.stem
        for path in (DEPLOY / "load").glob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    }
    assert set(re.findall(r"python -m serving\.load\.(\w+)", README)) == tests


@pytest.mark.slow
@pytest.mark.parametrize("name", ["overload", "soak", "faults", "fuzz"])
def test_load_tests_start(name: str) -> None:
    command = [sys.executable, "-m", f"serving.load.{name}", "--help"]
    assert subprocess.run(command, capture_output=True, cwd=ROOT).returncode == 0
