"""Messages to people: what is told, in which words, whatever the channel."""

from upay.notices.outbox import latest as latest
from upay.notices.outbox import queue as queue
