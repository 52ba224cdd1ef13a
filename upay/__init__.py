"""The utility itself: rules, records and files. Knows no Reflex, no HTTP framework, no scheduler."""
from sqlmodel import SQLModel

# Every constraint has a name, so that a migration can change it on any database. Set before any table is declared.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
