"""What a container has written: lines that follow from its life."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.kubernetes.controllers.pod_life import Life, State
from sandbox.kubernetes.errors import bad_request
from sandbox.kubernetes.objects import Json, name_of

#: How often a container that runs says that it is well, and how many of these lines are kept.
_OFTEN, _KEPT = timedelta(seconds=10), 500


def log_of(pod: Json, life: Life, at: datetime, query: Mapping[str, str]) -> str:
    """The log, cut as ``tailLines``, ``sinceSeconds``, ``limitBytes``, ``timestamps`` and ``previous`` say.

    Raises ``ApiError`` 400 when the container has not started, or is not there.
    """
    container = _chosen(pod, query.get("container", ""))
    if query.get("follow") == "true":
        raise bad_request("follow is not served here: read the log again instead")
    lines = _previous(pod, container, life) if query.get("previous") == "true" else _present(pod, container, life, at)
    if since := query.get("sinceSeconds"):
        lines = [line for line in lines if line[0] >= at - timedelta(seconds=_whole(since, "sinceSeconds", least=1))]
    if (tail := query.get("tailLines")) is not None:
        count = _whole(tail, "tailLines", least=0)
        lines = lines[len(lines) - count :] if count < len(lines) else lines
    stamped = query.get("timestamps") == "true"
    text = "".join(f"{_precise(when)} {said}\n" if stamped else f"{said}\n" for when, said in lines)
    if limit := query.get("limitBytes"):
        text = text.encode()[: _whole(limit, "limitBytes", least=1)].decode(errors="ignore")
    return text


def _chosen(pod: Json, wanted: str) -> str:
    names = [container["name"] for container in pod["spec"]["containers"]]
    if wanted and wanted not in names:
        raise bad_request(f"container {wanted} is not valid for pod {name_of(pod)}")
    if not wanted and len(names) > 1:
        listed = " ".join(names)
        says = f"a container name must be specified for pod {name_of(pod)}, choose one of: [{listed}]"
        raise bad_request(says)
    return wanted or str(names[0])


def _present(pod: Json, container: str, life: Life, at: datetime) -> list[tuple[datetime, str]]:
    if not life.ran or life.started is None:
        why = {
            State.PULL_FAILED: "image can't be pulled",
            State.PULL_BACKOFF: "trying and failing to pull image",
            State.BAD_NAME: "InvalidImageName",
        }.get(life.state, "ContainerCreating")
        raise bad_request(f'container "{container}" in pod "{name_of(pod)}" is waiting to start: {why}')
    if life.state is not State.RUNNING and life.last_exit:
        return _until(life.last_exit.started, life.last_exit.finished, life.last_exit.reason)
    return _until(life.started, at, "")


def _previous(pod: Json, container: str, life: Life) -> list[tuple[datetime, str]]:
    if life.last_exit is None:
        raise bad_request(f'previous terminated container "{container}" in pod "{name_of(pod)}" not found')
    return _until(life.last_exit.started, life.last_exit.finished, life.last_exit.reason)


def _until(started: datetime, end: datetime, how: str) -> list[tuple[datetime, str]]:
    lines = [(started, _line("info", "starting"))]
    count = int((end - started) / _OFTEN)
    for number in range(max(1, count - _KEPT), count + 1):
        lines.append((started + number * _OFTEN, _line("info", "health ok")))
    if how == "Error":
        lines.append((end, _line("error", "cannot start: configuration key DATABASE_URL is missing")))
    return lines


def _line(level: str, message: str) -> str:
    return json.dumps({"level": level, "msg": message})


def _precise(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def _whole(written: str, name: str, *, least: int) -> int:
    if not written.isdigit() or int(written) < least:
        raise bad_request(f"invalid {name}: {written!r} must be a whole number of at least {least}")
    return int(written)
