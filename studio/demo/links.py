"""Where a film is said to be, and what the links of faults answer."""

from studio.demo.jobs import Job

BAD_LINKS = ("notvideo", "cutfile", "huge", "zeroframes", "gone")


def film_link(origin: str, job: Job, fault: str | None) -> str:
    name = f"{fault}-{job.name}" if fault in BAD_LINKS else job.name
    return f"{origin}/demo/files/{name}.mp4"
