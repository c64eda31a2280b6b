"""What every signature service promises."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from energyretail.application.contracts.signature import Envelope, SignatureService
from energyretail.domain.shared import Conflict

__all__ = ["SignatureServiceConformance"]


class SignatureServiceConformance:
    """Give two fixtures: `service`, and `sign_all`, which lets signers sign what was asked.

    After `sign_all()` the evidence of every envelope in `ENVELOPES` must be told.
    """

    ENVELOPES = tuple(
        Envelope(f"K{number:06d}", f"Contract {number}", "Ana García", f"ana{number}@example.org")
        for number in range(1, 4)
    )

    def test_tells_nothing_before_anybody_signed(self, service: SignatureService) -> None:
        service.request(self.ENVELOPES[0])

        assert service.completed() == ()

    def test_tells_who_signed_what(
        self, service: SignatureService, sign_all: Callable[[], None]
    ) -> None:
        for envelope in self.ENVELOPES:
            service.request(envelope)
        sign_all()

        told = {evidence.reference: evidence for evidence in service.completed()}

        assert told.keys() == {envelope.reference for envelope in self.ENVELOPES}
        for envelope in self.ENVELOPES:
            evidence = told[envelope.reference]
            assert evidence.document_sha256 == envelope.document_sha256
            assert evidence.signer_email == envelope.signer_email
            assert evidence.evidence_id

    def test_takes_the_same_envelope_twice(
        self, service: SignatureService, sign_all: Callable[[], None]
    ) -> None:
        service.request(self.ENVELOPES[0])
        service.request(self.ENVELOPES[0])
        sign_all()

        assert len(service.completed()) == 1

    def test_refuses_another_envelope_under_the_same_reference(
        self, service: SignatureService
    ) -> None:
        service.request(self.ENVELOPES[0])

        with pytest.raises(Conflict) as caught:
            service.request(attrs.evolve(self.ENVELOPES[0], document="Another price"))

        assert caught.value.code == "contracts.envelope.reference_reused"

    def test_tells_again_until_it_is_acknowledged(
        self, service: SignatureService, sign_all: Callable[[], None]
    ) -> None:
        for envelope in self.ENVELOPES:
            service.request(envelope)
        sign_all()
        first = service.completed()

        assert len(first) == len(self.ENVELOPES)
        assert service.completed() == first
        service.acknowledge([first[0].reference])
        assert service.completed() == first[1:]

    def test_acknowledges_twice_and_the_unknown_without_harm(
        self, service: SignatureService, sign_all: Callable[[], None]
    ) -> None:
        service.request(self.ENVELOPES[0])
        sign_all()
        assert len(service.completed()) == 1

        service.acknowledge(["K000001", "K999999"])
        service.acknowledge(["K000001"])

        assert service.completed() == ()
