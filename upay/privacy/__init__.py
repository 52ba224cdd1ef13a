"""A person's rights over their own data: a copy of it, and being erased."""

from upay.privacy.erasure import Terms as Terms
from upay.privacy.erasure import ask_erasure as ask_erasure
from upay.privacy.erasure import due_erasures as due_erasures
from upay.privacy.erasure import erase as erase
from upay.privacy.erasure import forget_aged as forget_aged
from upay.privacy.erasure import pending_erasure as pending_erasure
from upay.privacy.erasure import terms as terms
from upay.privacy.erasure import undo_erasure as undo_erasure
from upay.privacy.export import Parts as Parts
from upay.privacy.export import ask_export as ask_export
from upay.privacy.export import build_export as build_export
from upay.privacy.export import export_file as export_file
from upay.privacy.export import fail_export as fail_export
from upay.privacy.export import forget_exports as forget_exports
from upay.privacy.export import latest_export as latest_export
from upay.privacy.export import next_export as next_export
