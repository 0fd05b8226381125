"""One policy over another."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.finding import Severity
from bot.policy.layers import layered
from bot.policy.schema import DEFAULTS, Elsewhere, Hosts, Mode, Policy

POLICIES = st.builds(
    Policy.model_validate,
    st.fixed_dictionaries(
        {},
        optional={
            "mode": st.sampled_from(["observe", "enforce"]),
            "fail-on": st.sampled_from(["low", "high"]),
            "rules": st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["off", "low"])),
            "hosts": st.fixed_dictionaries({}, optional={"allowed": st.lists(st.sampled_from(["a.com", "b.com"]))}),
        },
    ),
)


def test_what_is_set_goes_before_what_is_below():
    base = Policy(mode=Mode.OBSERVE, fail_on=Severity.LOW)
    assert layered(base, Policy(mode=Mode.ENFORCE)) == Policy(mode=Mode.ENFORCE, fail_on=Severity.LOW)


def test_a_default_that_is_written_out_counts_as_set():
    assert layered(Policy(fail_on=Severity.LOW), Policy(fail_on=Severity.HIGH)).fail_on is Severity.HIGH


def test_sections_are_taken_key_by_key_and_lists_whole():
    base = Policy(hosts=Hosts(allowed=("a.com",), required=("b.com",)), elsewhere=Elsewhere(classes=("internal",)))
    over = Policy(hosts=Hosts(allowed=("c.com",)))
    assert layered(base, over).hosts == Hosts(allowed=("c.com",), required=("b.com",))
    assert layered(base, over).elsewhere == base.elsewhere


def test_maps_are_taken_entry_by_entry():
    base = Policy(rules={"tls-missing": "off", "tls-removed": "low"})
    over = Policy(rules={"tls-removed": "off", "host-removed": "high"})
    assert layered(base, over).rules == {"tls-missing": None, "tls-removed": None, "host-removed": Severity.HIGH}


@given(POLICIES)
@settings(deadline=None)
def test_the_defaults_are_neutral_below_and_an_empty_policy_is_neutral_above(policy):
    assert layered(DEFAULTS, policy) == policy
    assert layered(policy, DEFAULTS) == policy


@given(POLICIES, POLICIES, POLICIES)
@settings(deadline=None)
def test_layers_may_be_put_together_in_any_grouping(low, middle, high):
    assert layered(layered(low, middle), high) == layered(low, layered(middle, high))
