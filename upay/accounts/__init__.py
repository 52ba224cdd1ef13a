"""People: who somebody is (one-time code, session), and which connections they look after."""

from upay.accounts.codes import Challenge as Challenge
from upay.accounts.codes import Purpose as Purpose
from upay.accounts.codes import asked_for as asked_for
from upay.accounts.codes import check_code as check_code
from upay.accounts.codes import proved_lately as proved_lately
from upay.accounts.codes import send_code as send_code
from upay.accounts.mobile import mobile_of as mobile_of
from upay.accounts.people import LinkedConnection as LinkedConnection
from upay.accounts.people import connection_numbered as connection_numbered
from upay.accounts.people import connections_of as connections_of
from upay.accounts.people import connections_of_each as connections_of_each
from upay.accounts.people import link as link
from upay.accounts.people import may_see as may_see
from upay.accounts.people import person_with as person_with
from upay.accounts.seen import write_seen as write_seen
from upay.accounts.sessions import SESSION_COOKIE as SESSION_COOKIE
from upay.accounts.sessions import end_session as end_session
from upay.accounts.sessions import open_session as open_session
from upay.accounts.sessions import people_of as people_of
from upay.accounts.sessions import person_of as person_of
