"""Messages to people: what is told, in which words, by which channel."""

from upay.notices.models import Channel as Channel
from upay.notices.outbox import latest as latest
from upay.notices.outbox import queue as queue
from upay.notices.preferences import Addressee as Addressee
from upay.notices.preferences import KindChoice as KindChoice
from upay.notices.preferences import choices as choices
from upay.notices.preferences import choose as choose
from upay.notices.preferences import tell as tell
