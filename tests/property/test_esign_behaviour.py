"""Laws of the simulated signers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.signature import SignerAnswer, SignerBehaviour

references = st.from_regex(r"K\d{6}", fullmatch=True)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


class TestSignerBehaviour:
    @given(st.integers(), references, days)
    def test_decides_from_seed_and_reference_alone(
        self, seed: int, reference: str, day: date
    ) -> None:
        one = SignerBehaviour(Chance(seed))
        one.plan("K999999", day)

        assert one.plan(reference, day) == SignerBehaviour(Chance(seed)).plan(reference, day)
        assert one.plan(reference, day).answer is one.plan(reference, day + timedelta(9)).answer

    @given(st.integers(), references, days)
    def test_never_answers_on_the_day_it_is_asked(
        self, seed: int, reference: str, day: date
    ) -> None:
        plan = SignerBehaviour(Chance(seed)).plan(reference, day)

        assert (plan.due_on is None) == (plan.answer is SignerAnswer.SILENT)
        if plan.due_on is not None and plan.answered_on is not None:
            assert day < plan.due_on <= day + timedelta(days=3)
            assert day <= plan.answered_on <= plan.due_on

    def test_has_nine_in_ten_sign(self) -> None:
        behaviour = SignerBehaviour(Chance(1))

        answers = [behaviour.plan(f"K{n:06d}", date(2026, 3, 1)).answer for n in range(2000)]

        assert 1740 <= answers.count(SignerAnswer.SIGNED) <= 1860
        assert set(answers) == set(SignerAnswer)
