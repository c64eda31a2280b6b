"""An issued advance as a page."""

from __future__ import annotations

import attrs

from energyretail.adapters.html import HtmlAdvancePages, Seller
from energyretail.adapters.html.words import money_text
from energyretail.domain.shared import Money
from energyretail.testing.conformance.billing import customer_of
from energyretail.testing.conformance.plans import advance_of, plan_for

PAGES = HtmlAdvancePages(Seller("Luz & Cía, S.L.", "B12345674", "Calle <1>, 28001 Madrid"))


class TestAdvancePage:
    def test_shows_net_vat_and_what_is_carried_along(self) -> None:
        advance = advance_of(plan_for(1), 0, "AN26-000001")

        page = PAGES.page(advance, customer_of(1))

        for amount in (advance.net, advance.tax, advance.gross, advance.carried):
            assert money_text(amount, "es") in page
        total = money_text(advance.payable, "es")
        assert f'<p class="total">Importe a pagar: {total}</p>' in page
        assert "IVA 10 %" in page
        assert "Resto de una factura anterior" in page

    def test_shows_no_share_of_a_bill_where_nothing_is_carried(self) -> None:
        advance = attrs.evolve(advance_of(plan_for(1), 0, "AN26-000001"), carried=Money("0", "EUR"))

        assert "Resto" not in PAGES.page(advance, customer_of(1))

    def test_escapes_what_people_wrote_and_speaks_their_language(self) -> None:
        customer = customer_of(1)
        person = attrs.evolve(customer.person, name='<script>"x"</script>', language="en")

        page = PAGES.page(
            advance_of(plan_for(1), 0, "AN26-1"), attrs.evolve(customer, person=person)
        )

        assert "<script>" not in page
        assert "Luz &amp; Cía" in page
        assert "Advance invoice AN26-1" in page
