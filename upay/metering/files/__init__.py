"""Files of readings: import from CSV, Parquet and Green Button, export to CSV, XLSX and Green Button, the inbox."""
from upay.metering.files.export import FORMATS, Export, export_blocks
from upay.metering.files.inbox import take_inbox
from upay.metering.files.load import import_file
from upay.metering.files.placing import Wish
from upay.metering.files.report import Report

__all__ = ["FORMATS", "Export", "Report", "Wish", "export_blocks", "import_file", "take_inbox"]
