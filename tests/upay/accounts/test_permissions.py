"""One table says who may do what."""

import pytest

from upay.accounts import ALLOWED, Permission, Role, StaffMember


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_the_table_of_permissions_decides_for_every_role(role: Role, permission: Permission):
    member = StaffMember(1, "", {role: frozenset({3})})
    allowed = role in ALLOWED[permission]
    assert member.may(permission) is allowed
    assert member.zone_ids(permission) == (frozenset({3}) if allowed else frozenset())
    changes = not permission.startswith("see_")
    if role is Role.AUDITOR:
        assert allowed is not changes


def test_zones_add_up_over_roles_and_all_zones_swallow_the_rest():
    member = StaffMember(1, "", {Role.OFFICER: frozenset({1}), Role.BILLING: frozenset({2}), Role.MANAGER: None})
    assert member.zone_ids(Permission.RUN_BILLING) == {2}
    assert member.zone_ids(Permission.SEE_CONSUMERS) is None
    assert StaffMember(1, "", {Role.OFFICER: frozenset({1}), Role.BILLING: frozenset({2})}).zone_ids(
        Permission.SEE_CONSUMERS
    ) == {1, 2}
