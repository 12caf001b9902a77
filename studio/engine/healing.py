"""What dead owners left behind, put right without a POST."""

import os
import shutil
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from studio.generations.log import Step, record
from studio.generations.models import Attempt, EngineProcess, Money
from studio.generations.states import RUNNING, State

SILENT_SECONDS = 20.0  # four missed heartbeats


def begin(kind: str) -> EngineProcess:
    return EngineProcess.objects.create(kind=kind, host=socket.gethostname(), pid=os.getpid(), seen_at=timezone.now())


def beat(process: UUID) -> None:
    EngineProcess.objects.filter(pk=process).update(seen_at=timezone.now())


def end(process: UUID) -> None:
    EngineProcess.objects.filter(pk=process).delete()


def is_dead(process: EngineProcess, me: EngineProcess) -> bool:
    """Silent for long; or of this machine and gone; or a studio on the data folder whose lock is now ours."""
    if process.pk == me.pk:
        return False
    if process.kind == me.kind == "run":
        return True
    if process.host == me.host and not _lives(process.pid):
        return True
    return process.seen_at < timezone.now() - timedelta(seconds=SILENT_SECONDS)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def heal(me: EngineProcess) -> int:
    """Interrupts the streams of dead owners and frees their saving for the next claim. Returns how many were healed."""
    dead = [process for process in EngineProcess.objects.all() if is_dead(process, me)]
    current = Attempt.objects.filter(generation__state__in=RUNNING, number=F("generation__attempt_number"))
    healed = 0
    for attempt in current.filter(owner__in=dead).select_related("generation"):
        healed += interrupt_or_free(attempt)
    for attempt in current.filter(owner=None).exclude(generation__state=State.SAVING).select_related("generation"):
        healed += interrupt_or_free(attempt)
    for process in dead:
        shutil.rmtree(scratch_of(process.pk), ignore_errors=True)
        process.delete()
    return healed


def interrupt_or_free(attempt: Attempt) -> bool:
    generation = attempt.generation
    if generation.state == State.SAVING:
        return bool(Attempt.objects.filter(pk=attempt.pk).update(owner=None))
    links = generation.links
    can_ask = bool(links.get("poll_urls") or links.get("video_urls"))
    return record(
        Step(
            generation.pk,
            {"state": State.INTERRUPTED},
            move=State.INTERRUPTED,
            attempt=attempt.number,
            fields={
                "failure_kind": "network",
                "failure_advice": "check_again" if can_ask else "studio_stopped",
                "money": Money.POSSIBLE,
                "finished_at": timezone.now(),
            },
            attempt_fields={"ended_at": timezone.now(), "outcome": State.INTERRUPTED},
        )
    )


def scratch_of(process: UUID) -> Path:
    return Path(settings.SCRATCH_DIR) / str(process)


def sweep_scratch(living: Iterable[UUID]) -> None:
    """Removes scratch folders of processes that are no more."""
    keep = {str(process) for process in living}
    root = Path(settings.SCRATCH_DIR)
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
