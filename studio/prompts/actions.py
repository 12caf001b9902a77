"""Writes."""

import hashlib

from django.db import transaction

from studio.prompts.models import Prompt, PromptVersion
from studio.workspaces.models import User, Workspace

TITLE_LENGTH = 80  # characters: one line of a card


def record_version(workspace: Workspace, author: User | None, text: str) -> PromptVersion:
    """The version holding exactly these words: the workspace's newest one, or version 1 of a new prompt."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        known = (
            PromptVersion.objects.filter(prompt__workspace=workspace, digest=digest, text=text).order_by("-id").first()
        )
        if known is not None:
            return known
        prompt = Prompt.objects.create(workspace=workspace, author=author, title=title_of(text))
        return PromptVersion.objects.create(prompt=prompt, number=1, text=text, digest=digest, author=author)


def title_of(text: str) -> str:
    """The first line, cut at a word near the limit. Scripts without spaces are cut where the limit falls."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= TITLE_LENGTH:
        return line
    head = line[:TITLE_LENGTH]
    cut = head.rfind(" ")
    return (head[:cut] if cut > TITLE_LENGTH // 2 else head).rstrip(" ,.;:，。；：") + "…"
