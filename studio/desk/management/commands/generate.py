import asyncio
import contextlib
import json
import os
import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.desk import commandline as line
from studio.desk.forms import PROMPT_MAX_CHARS, WordsField
from studio.generations.models import Generation, Orientation
from studio.generations.states import State
from studio.providers.actions import one_off_provider
from studio.providers.models import Provider
from studio.providers.queries import gateway_of, habits_of
from studio.upstream.addresses import base_url_from, key_from
from studio.upstream.ask import Ask, Habits, compile_request
from studio.upstream.client import Gateway


class Command(BaseCommand):
    help = "Makes one video on the command line: sends the prompt, shows the progress, keeps the result in the gallery."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prompt", metavar="PROMPT")
        where = parser.add_argument_group("where to")
        where.add_argument("--provider", metavar="NAME", help="a provider of the studio; default: the first one in use")
        where.add_argument("--base-url", metavar="URL", help="a gateway's address, without storing a provider")
        where.add_argument("--api-key", metavar="KEY", default="", help="its key; or set STUDIO_API_KEY")
        where.add_argument("--model", metavar="ID", help="default: the provider's first model, or sora-2")
        where.add_argument("--user", metavar="NAME", help="whose generation it is; default: the first owner's")
        what = parser.add_argument_group("what")
        what.add_argument("--seconds", type=int, metavar="N")
        what.add_argument("--orientation", choices=Orientation.values)
        what.add_argument("--no-stream", action="store_true", help="ask for one whole answer instead of a stream")
        after = parser.add_argument_group("afterwards")
        after.add_argument("--no-save", action="store_true", help="read the answer, fetch nothing, write nothing")
        after.add_argument("--json", action="store_true", help="one JSON object a line, the outcome last")
        after.add_argument("--out", type=Path, metavar="FILE", help="copy the video here as well")

    def handle(self, *args: Any, **options: Any) -> None:
        self.options = options
        try:
            self.look_over()
            story = self.unsaved() if options["no_save"] else self.saved()
        except (line.Refused, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["out"] and story["file"]:
            shutil.copyfile(story["file"], options["out"])
            story["file"] = str(options["out"])
        self.tell_end(story)
        if story["outcome"] != State.READY:
            sys.exit(1)

    def look_over(self) -> None:
        options = self.options
        if options["provider"] and options["base_url"]:
            raise line.Refused("Give --provider or --base-url, not both.")
        if options["api_key"] and not options["base_url"]:
            raise line.Refused("--api-key goes with --base-url; a stored provider has its own key.")
        if options["no_save"] and options["out"]:
            raise line.Refused("--out needs the video, and --no-save fetches nothing.")
        if options["seconds"] is not None and not 1 <= options["seconds"] <= 3600:
            raise line.Refused("--seconds is between 1 and 3600.")
        if options["out"] and not options["out"].absolute().parent.is_dir():
            raise line.Refused(f"There is no folder {options['out'].absolute().parent}.")
        prompt = WordsField(max_length=PROMPT_MAX_CHARS)
        try:
            prompt.clean(options["prompt"])
        except Exception as error:
            raise line.Refused(
                f"The prompt cannot be sent: {' '.join(getattr(error, 'messages', [str(error)]))}"
            ) from error
        if not options["prompt"].strip():
            raise line.Refused("The prompt is empty.")

    # -- with the studio's rows

    def saved(self) -> dict[str, Any]:
        if line.tables_are_missing():
            call_command("migrate", interactive=False, verbosity=0)
        from studio.desk.server import DataLock

        workspace, author = line.home_of(self.options["user"])
        if self.options["base_url"]:
            provider = one_off_provider(workspace, base_url_from(self.options["base_url"]), self.key())
        else:
            provider = line.provider_named(workspace, self.options["provider"])
        wish = line.wish_of(
            provider,
            self.options["prompt"],
            self.options["model"],
            orientation=self.options["orientation"] or "",
            seconds=self.options["seconds"],
            stream=not self.options["no_stream"],
        )
        pk = self.watch(line.saved(workspace, author, wish, DataLock().is_held()))
        return line.story_of(Generation.objects.get(pk=pk))

    # -- without them

    def unsaved(self) -> dict[str, Any]:
        options = self.options
        provider = None
        if options["base_url"]:
            gateway, habits = Gateway(base_url_from(options["base_url"]), self.key(), local=True), Habits()
        elif options["provider"] or not line.tables_are_missing():
            workspace, _ = line.home_of(options["user"])
            provider = line.provider_named(workspace, options["provider"])
            gateway, habits = gateway_of(provider), habits_of(provider)
        else:
            provider = Provider(name="Demo", is_demo=True)
            gateway, habits = gateway_of(provider), habits_of(provider)
        first = provider.models.first() if provider and not provider._state.adding else None
        ask = Ask(
            model=options["model"] or (first.model_id if first else "sora-2"),
            prompt=options["prompt"],
            orientation=options["orientation"],
            seconds=options["seconds"],
            stream=not options["no_stream"],
        )
        serve_demo = bool(provider and provider.is_demo) and not self.studio_runs()
        return line.reading_story(self.watch(line.unsaved(gateway, compile_request(ask, habits), serve_demo)))

    def studio_runs(self) -> bool:
        from studio.desk.server import DataLock

        return DataLock().is_held()

    def key(self) -> str:
        return key_from(self.options["api_key"] or os.environ.get("STUDIO_API_KEY", ""))

    # -- telling

    def watch(self, lines: Any) -> Any:
        async def listen() -> Any:
            end = None
            async with contextlib.aclosing(lines) as story:
                async for told in story:
                    if told.event == "end":
                        end = told.value
                    else:
                        self.tell(told)
            return end

        return asyncio.run(listen())

    def tell(self, told: line.Line) -> None:
        if self.options["json"]:
            self.print_json(told.as_json())
        elif self.stderr.isatty():
            self.bar(told)
        elif told.event == "state":
            self.stderr.write(str(State(told.value).label))

    def bar(self, told: line.Line) -> None:
        if told.event == "text":
            return
        self.state = State(told.value).label if told.event == "state" else getattr(self, "state", "")
        percent = told.value if told.event == "progress" else getattr(self, "percent", None)
        self.percent = None if told.event == "state" else percent
        filled = "" if self.percent is None else f"[{'#' * (self.percent * 30 // 100):<30}] {self.percent:>3}%"
        print(f"\r\x1b[K{self.state} {filled}", end="", file=sys.stderr, flush=True)

    def tell_end(self, story: dict[str, Any]) -> None:
        if self.options["json"]:
            return self.print_json(story)
        if self.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        if story["outcome"] == State.READY:
            self.stdout.write(story["file"] or story["video_urls"][0])
        else:
            reason = story["error"]["message"] if story["error"] else "The answer ended without a video."
            self.stderr.write(f"{State(story['outcome']).label}: {reason}")

    def print_json(self, value: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))
        self.stdout.flush()
