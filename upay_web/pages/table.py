"""Which pages there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from state.account import AccountState
from state.add_link import AddLinkState
from state.audit import AuditState
from state.bill import BillState
from state.billing import BillingState
from state.billing_queue import BillingQueueState
from state.bills import BillsState
from state.consumers import ConsumersState
from state.desk import DeskState, InvitationState
from state.dues import DuesState
from state.home import HomeState
from state.inbox import InboxState
from state.looks import LooksState
from state.mobiles import MobilesState
from state.privacy import PrivacyState
from state.profile import ProfileState
from state.security import DevicesState, SecondState, SecurityState
from state.staff_list import StaffState
from state.statement import StatementState
from state.tariffs import TariffState
from state.usage import UsageState
from state.verify import VerifyState
from upay_web.pages.consumer import devices, proof, security
from upay_web.pages.consumer.account import account
from upay_web.pages.consumer.account_add import account_add
from upay_web.pages.consumer.account_privacy import account_privacy
from upay_web.pages.consumer.account_profile import account_profile
from upay_web.pages.consumer.bill import bill
from upay_web.pages.consumer.bills import bills
from upay_web.pages.consumer.home import home
from upay_web.pages.consumer.looks import looks
from upay_web.pages.consumer.statement import statement
from upay_web.pages.consumer.usage import usage
from upay_web.pages.desk.audit import audit
from upay_web.pages.desk.billing import billing
from upay_web.pages.desk.billing_queue import billing_queue
from upay_web.pages.desk.closed import closed
from upay_web.pages.desk.consumers import consumers
from upay_web.pages.desk.front import front
from upay_web.pages.desk.invitation import invitation
from upay_web.pages.desk.mobiles import mobiles
from upay_web.pages.desk.staff import staff
from upay_web.pages.desk.tariffs import tariffs
from upay_web.pages.public import register, sign_in
from upay_web.pages.public.inbox import inbox
from upay_web.pages.public.not_found import not_found
from upay_web.pages.public.offline import offline
from upay_web.pages.public.verify import verify
from upay_web.pages.public.what_would_i_pay import what_would_i_pay


@dataclass(frozen=True)
class Page:
    """A page. address: without slashes around.  title: a key of the catalogues.  on_load: runs at every visit."""

    address: str
    content: Callable[[], rx.Component]
    title: str
    on_load: Any = None
    demo_only: bool = False


PAGES = (
    Page("sign-in", sign_in.sign_in, "sign_in.title", InboxState.load),
    Page("sign-in/code", sign_in.code, "sign_in.code_title", InboxState.load),
    Page("sign-in/password", sign_in.password, "sign_in.password_title"),
    Page("sign-in/second", sign_in.second, "sign_in.second_title", [InboxState.load, SecondState.check]),
    Page("reset", sign_in.reset, "sign_in.reset_title", InboxState.load),
    Page("reset/code", sign_in.reset_code, "sign_in.code_title", InboxState.load),
    Page("register", register.register, "register.title", InboxState.load),
    Page("register/account", register.account, "register.account_title", InboxState.load),
    Page("register/account/code", register.account_code, "sign_in.code_title", InboxState.load),
    Page("register/name", register.name, "register.name_title"),
    Page("what-would-i-pay", what_would_i_pay, "tariff.would_pay_title"),
    Page("home", home, "home.title", [HomeState.show, DuesState.show]),
    Page("usage", usage, "usage.title", UsageState.open),
    Page("bills", bills, "bills.title", BillsState.open),
    Page("bill", bill, "bills.one_title", BillState.open),
    Page("verify", verify, "bills.verify_title", VerifyState.look),
    Page("statement", statement, "ledger.statement", StatementState.open),
    Page("account", account, "common.account", AccountState.load),
    Page("account/add", account_add, "account.add_title", AddLinkState.begin),
    Page("account/profile", account_profile, "account.profile", ProfileState.load),
    Page("account/privacy", account_privacy, "account.privacy", PrivacyState.load),
    Page("account/looks", looks, "looks.title", LooksState.show),
    Page("desk", front, "staff.desk", DeskState.load),
    Page("desk/consumers", consumers, "staff.consumers", ConsumersState.load),
    Page("desk/staff", staff, "staff.title", StaffState.load),
    Page("desk/audit", audit, "audit.title", AuditState.load),
    Page("desk/invitation", invitation, "staff.invitation_title", InvitationState.load),
    Page("desk/billing", billing, "billing.desk_title", BillingState.load),
    Page("desk/billing/exceptions", billing_queue, "billing.queue_title", BillingQueueState.load),
    Page("desk/closed", closed, "staff.closed_title"),
    Page("account/security", security.security, "security.title", SecurityState.load),
    Page("account/authenticator", security.authenticator, "security.app_title", SecurityState.load),
    Page("account/recovery", security.recovery, "security.codes_title", SecurityState.load),
    Page("account/devices", devices.devices, "devices.title", DevicesState.load),
    Page("account/confirm", proof.confirm, "security.confirm_title", [SecurityState.load, InboxState.load]),
    Page("account/password", proof.password, "security.password", SecurityState.load),
    Page("account/mobile", proof.change, "security.mobile_change", AccountState.load),
    Page("account/mobile/old", proof.old_code, "security.mobile_old_code", [AccountState.load, InboxState.load]),
    Page("account/mobile/new", proof.new_mobile, "security.mobile_new", [AccountState.load, InboxState.load]),
    Page("account/mobile/code", proof.new_code, "security.mobile_new_code", [AccountState.load, InboxState.load]),
    Page("desk/mobiles", mobiles, "mobiles.title", MobilesState.open),
    Page("desk/tariffs", tariffs, "tariff.desk_title", TariffState.load),
    Page("inbox", inbox, "inbox.title", InboxState.watch, demo_only=True),
    Page("offline", offline, "common.offline_title"),
    Page("404", not_found, "common.not_found_title"),
)
