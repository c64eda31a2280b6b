"""Every provider of the container fits the constructor it calls, and resolves."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from dependency_injector import containers, providers

from energyretail.application.shared import Clock, Events
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings
from energyretail.entrypoints.their_adapters import broken_promises


@pytest.fixture
def container() -> Container:
    """A company that nothing was opened of yet; none of these addresses is ever used."""
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    account = {"host": "sftp.invalid", "username": "us", "password": "x", "host_key": key}
    return container_of(
        Settings.model_validate(
            {
                "database_url": "postgresql://nobody@database.invalid/none",
                "registry": {"url": "http://registry.invalid"},
                "operator_sftp": account,
                "bank_sftp": account,
            }
        )
    )


def calls(container: containers.Container) -> Iterator[providers.Singleton[typing.Any]]:
    """Yield every provider that calls something, however deep it stands."""
    for provider in container.traverse():
        if isinstance(provider, providers.Singleton | providers.Factory | providers.Callable):
            yield provider


def misfit(provider: providers.Singleton[typing.Any]) -> str | None:
    """Say why the arguments of a provider do not fit what it calls, if they do not."""
    try:
        inspect.signature(provider.provides).bind(*provider.args, **provider.kwargs)
    except TypeError as error:
        return f"{provider.provides}: {error}"
    return None


def broken_promises_of(provider: providers.Singleton[typing.Any]) -> Iterator[str]:
    """Yield what a resolved argument lacks of the port its parameter is declared with."""
    called = provider.provides
    hints = typing.get_type_hints(called.__init__ if inspect.isclass(called) else called)
    bound = inspect.signature(called).bind(*provider.args, **provider.kwargs)
    for name, given in bound.arguments.items():
        port = hints.get(name)
        if getattr(port, "_is_protocol", False) and isinstance(given, providers.Provider):
            assert port is not None
            yield from (f"{called}.{name}: {each}" for each in broken_promises(port, given()))


class TestContainer:
    def test_gives_every_constructor_what_it_asks(self, container: Container) -> None:
        found = [misfit(provider) for provider in calls(container)]

        assert len(found) > 50
        assert [each for each in found if each] == []

    def test_resolves_every_provider(self, container: Container) -> None:
        for name, provider in container.providers.items():
            assert provider() is not None, name

    def test_gives_every_port_an_adapter_that_has_all_of_it(self, container: Container) -> None:
        ports = [provider for provider in calls(container) if inspect.isclass(provider.provides)]

        assert [each for provider in ports for each in broken_promises_of(provider)] == []

    def test_gives_the_same_one_to_all(self, container: Container) -> None:
        assert container.outbox() is container.outbox()
        assert container.database() is container.database()


class Watch:
    """Needs a clock."""

    def __init__(self, *, clock: Clock, events: Events) -> None:
        self.ports = (clock, events)


class NoClock:
    """Tells no day."""


class OddEvents:
    """Records nothing that is handed to it."""

    def record(self) -> None:
        """Do nothing."""


class TestPlants:
    @pytest.mark.parametrize(
        "arguments", [{}, {"clock": 1}, {"clock": 1, "events": 2, "watch": 3}], ids=str
    )
    def test_an_argument_too_few_or_too_many_is_seen(self, arguments: dict[str, int]) -> None:
        assert misfit(providers.Singleton(Watch, **arguments)) is not None

    def test_an_adapter_that_lacks_something_is_seen(self) -> None:
        provider = providers.Singleton(
            Watch, clock=providers.Singleton(NoClock), events=providers.Singleton(OddEvents)
        )

        found = list(broken_promises_of(provider))

        assert len(found) == 2
        assert "NoClock has no today" in found[0]
        assert "OddEvents.record does not take" in found[1]


class TestSource:
    def test_only_the_container_and_its_partners_bind_ports_to_adapters(self) -> None:
        container = Path(inspect.getfile(Container)).parent
        found = {
            file.parent
            for file in container.parent.rglob("*.py")
            if "dependency_injector" in file.read_text(encoding="utf-8")
        }

        assert found == {container}
