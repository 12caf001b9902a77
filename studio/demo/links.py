"""Where a job and its film are said to be: absolute links to wherever the client reached us."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from studio.demo.jobs import Job

BAD_LINKS = ("notvideo", "cutfile", "huge", "gone")  # faults that a link's own name carries


@dataclass(frozen=True, slots=True)
class Links:
    request: HttpRequest

    def film(self, job: Job, fault: str | None = None) -> str:
        return self._to("file", name=f"{fault}-{job.name}" if fault in BAD_LINKS else job.name, ending="mp4")

    def cover(self, job: Job) -> str:
        return self._to("file", name=job.name, ending="webp")

    def source(self, job: Job) -> str:
        return self._to("source", task_id=job.id)

    def web(self, job: Job) -> str:
        return self._to("web", task_id=job.id)

    def _to(self, view: str, **parts: str) -> str:
        return self.request.build_absolute_uri(reverse(f"demo:{view}", kwargs=parts))
