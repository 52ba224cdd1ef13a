"""Passkeys (WebAuthn level 3): made and shown under a challenge of ours, for our address alone, by a verified person.

Credentials are discoverable, so that signing in needs no name. Attestation is not asked for: a consumer's phone is as
good as it is. The relying party's id is the host of `public_url`.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import delete, update
from sqlmodel import Session, col, select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from upay.accounts.credentials.steps import StepKind, begin_step, step_of, use_step
from upay.accounts.credentials.tables import Passkey
from upay.accounts.keys import keep, new_token
from upay.accounts.models import Person
from upay.errors import Problem
from upay.settings import settings

MOST = 20


@dataclass(frozen=True)
class Offer:
    """What a browser is asked to do, as WebAuthn's JSON, and the handle of the step that waits for it."""

    handle: str
    options: dict[str, Any]


def offer_new(session: Session, person: Person, now: datetime) -> Offer:
    """Ask a browser to make a passkey for a person. Raises Problem 409 security.passkeys_many {most}."""
    assert person.id is not None
    standing = passkeys_of(session, person.id)
    if len(standing) >= MOST:
        raise Problem("security.passkeys_many", {"most": MOST}, 409)
    challenge = new_token()
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name="UPAY",
        user_id=_user_handle(person.id),
        user_name=person.mobile,
        user_display_name=person.name or person.mobile,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(key.credential_id)) for key in standing],
    )
    return _offer(session, StepKind.PASSKEY_NEW, person.id, challenge, options, now)


def take_new(session: Session, person_id: int, handle: str, shown: dict[str, Any], name: str, now: datetime) -> Passkey:
    """Keep the passkey that a browser made. Raises Problem security.passkey_refused."""
    challenge = _challenge(session, StepKind.PASSKEY_NEW, person_id, handle, now)
    try:
        made = webauthn.verify_registration_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as refused:
        raise Problem("security.passkey_refused") from refused
    credential_id = bytes_to_base64url(made.credential_id)
    if session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is not None:
        raise Problem("security.passkey_refused")
    row = Passkey(
        person_id=person_id,
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=name.strip()[:40],
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def offer_sign_in(session: Session, now: datetime) -> Offer:
    """Ask a browser to show a passkey, whosever it is."""
    challenge = new_token()
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _offer(session, StepKind.PASSKEY_IN, None, challenge, options, now)


def check_passkey(session: Session, handle: str, shown: dict[str, Any], now: datetime) -> int:
    """The person whose passkey a browser has shown. Raises Problem 401 sign_in.passkey_refused, whatever is wrong.

    The signature counter must rise where the authenticator keeps one: one that falls back is a copy's.
    """
    refusal = Problem("sign_in.passkey_refused", status=401)
    challenge = _challenge(session, StepKind.PASSKEY_IN, None, handle, now)
    row = session.exec(select(Passkey).where(Passkey.credential_id == str(shown.get("id", ""))[:1400])).first()
    if row is None:
        raise refusal
    try:
        seen = webauthn.verify_authentication_response(
            credential=shown,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as refused:
        raise refusal from refused
    told = (shown.get("response") or {}).get("userHandle")
    if told and _decoded(told) != _user_handle(row.person_id):
        raise refusal
    unchanged = (col(Passkey.id) == row.id, col(Passkey.sign_count) == row.sign_count)
    raised = update(Passkey).where(*unchanged).values(sign_count=seen.new_sign_count, last_used_at=now)
    if session.exec(raised).rowcount != 1:
        raise refusal
    return row.person_id


def passkeys_of(session: Session, person_id: int) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.person_id == person_id).order_by(col(Passkey.id))))


def rename_passkey(session: Session, person_id: int, passkey_id: int, name: str) -> None:
    """Give one of a person's passkeys another name. Of other people's, and of none, nothing happens."""
    mine = (col(Passkey.id) == passkey_id, col(Passkey.person_id) == person_id)
    session.exec(update(Passkey).where(*mine).values(name=name.strip()[:40]))


def remove_passkey(session: Session, person_id: int, passkey_id: int) -> bool:
    """Forget one of a person's passkeys; whether there was one."""
    mine = (col(Passkey.id) == passkey_id, col(Passkey.person_id) == person_id)
    return session.exec(delete(Passkey).where(*mine)).rowcount == 1


def remove_passkeys(session: Session, person_id: int) -> None:
    """Forget all passkeys of a person."""
    session.exec(delete(Passkey).where(col(Passkey.person_id) == person_id))


def _offer(
    session: Session, kind: StepKind, person_id: int | None, challenge: str, options: Any, now: datetime
) -> Offer:
    return Offer(begin_step(session, kind, person_id, now, challenge), json.loads(webauthn.options_to_json(options)))


def _challenge(session: Session, kind: StepKind, person_id: int | None, handle: str, now: datetime) -> bytes:
    """The challenge that waits under a handle; used up by asking. Raises Problem sign_in.passkey_late."""
    step = step_of(session, kind, handle, now)
    if step is None or step.person_id != person_id or not use_step(session, step, now):
        raise Problem("sign_in.passkey_late")
    return base64url_to_bytes(step.about)


def _user_handle(person_id: int) -> bytes:
    """What an authenticator calls the person by: nothing that others could read something from."""
    return bytes.fromhex(keep("passkey", str(person_id)))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _origin() -> str:
    return settings().public_url.rstrip("/")


def _host() -> str:
    return urlsplit(settings().public_url).hostname or ""
