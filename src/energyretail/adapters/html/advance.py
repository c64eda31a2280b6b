"""An issued advance as one page of HTML, complete without scripts."""

from __future__ import annotations

from functools import partial

from energyretail.adapters.html.invoice import Seller, environment
from energyretail.adapters.html.words import day_text, money_text, number_text, words_of
from energyretail.domain.billing import Advance
from energyretail.domain.parties import Customer

__all__ = ["HtmlAdvancePages"]


class HtmlAdvancePages:
    """Implements the AdvancePages port: everything escaped, the same document the same bytes."""

    def __init__(self, seller: Seller):
        self._seller = seller
        self._template = environment().get_template("advance.html.j2")

    def page(self, advance: Advance, customer: Customer) -> str:
        """Return the page in the customer's language; raises nothing but our own mistakes."""
        language, words = words_of(customer.person.language)
        return self._template.render(
            language=language,
            words=words,
            seller=self._seller,
            advance=advance,
            customer=customer,
            day=partial(day_text, language=language),
            money=partial(money_text, language=language),
            number=partial(number_text, language=language),
        )
