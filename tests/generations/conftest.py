import pytest

from studio.generations.actions import Wish, request_generations
from studio.providers.actions import make_demo_provider


@pytest.fixture
def ask(world):
    """Queues generations as ana: ``ask("words", token="t", variants=1)``."""

    def ask(prompt="A fox", token="token", author=None, **wish):
        provider = make_demo_provider(world.workspace)
        model = provider.models.first()
        made = Wish(prompt=prompt, provider=provider, model=model, model_name=model.model_id, **wish)
        return request_generations(world.workspace, author or world.ana, made, token)

    return ask
