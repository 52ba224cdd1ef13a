"""Tariffs: what a period of electricity costs, to the paisa, by dated and sourced rates."""

from upay.tariffs.book import Book as Book
from upay.tariffs.book import Segment as Segment
from upay.tariffs.book import Tariff as Tariff
from upay.tariffs.explain import explain as explain
from upay.tariffs.explain import title as title
from upay.tariffs.files import pack_book as pack_book
from upay.tariffs.kernel import LINES as LINES
from upay.tariffs.kernel import TOTALS as TOTALS
from upay.tariffs.kernel import Priced as Priced
from upay.tariffs.kernel import price as price
from upay.tariffs.kernel import totals as totals
from upay.tariffs.late import late_percent as late_percent
from upay.tariffs.late import late_surcharge as late_surcharge
from upay.tariffs.periods import PERIODS as PERIODS
from upay.tariffs.schedule import ORDER as ORDER
from upay.tariffs.schedule import Schedule as Schedule
from upay.tariffs.schedule import from_content as from_content
from upay.tariffs.shares import month_days as month_days
from upay.tariffs.shares import month_share as month_share
