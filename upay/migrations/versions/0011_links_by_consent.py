"""links by consent, own data, preferences, verified numbers"""
from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = '0011'
down_revision: str | None = '0010'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Links that stand were made by the register or by the office; numbers were verified by codes that came back.
_WHAT_STANDS = (
    """UPDATE accountlink SET
         under = coalesce((SELECT c.mobile FROM connection c WHERE c.id = accountlink.connection_id), ''),
         basis = CASE WHEN (SELECT c.mobile FROM connection c WHERE c.id = accountlink.connection_id)
                         = (SELECT p.mobile FROM person p WHERE p.id = accountlink.person_id)
                 THEN 'registered' ELSE 'office' END""",
    """UPDATE accountlink SET relation = 'family' WHERE relation = 'owner' AND basis = 'office' AND under <> ''""",
    """INSERT INTO verifiedmobile (mobile, first_at, last_at)
       SELECT mobile, min(used_at), max(used_at) FROM onetimecode WHERE used_at IS NOT NULL GROUP BY mobile""",
)


def upgrade() -> None:
    op.create_table('verifiedmobile',
    sa.Column('mobile', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('first_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('mobile', name=op.f('pk_verifiedmobile'))
    )
    op.create_table('dataexport',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('beat_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('file', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('ready_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_dataexport_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dataexport'))
    )
    with op.batch_alter_table('dataexport', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dataexport_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_dataexport_state', ['state', 'beat_at'], unique=False)

    op.create_table('erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('done_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_erasure_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_erasure_person_id'), ['person_id'], unique=False)

    op.create_table('noticepreference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_noticepreference_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_noticepreference')),
    sa.UniqueConstraint('person_id', 'kind', 'channel', name=op.f('uq_noticepreference_person_id_kind_channel'))
    )
    with op.batch_alter_table('noticepreference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_noticepreference_person_id'), ['person_id'], unique=False)

    op.create_table('numbertry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_numbertry_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_numbertry'))
    )
    with op.batch_alter_table('numbertry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_numbertry_at'), ['at'], unique=False)
        batch_op.create_index('ix_numbertry_person', ['person_id', 'at'], unique=False)

    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('giver_id', sa.Integer(), nullable=True),
    sa.Column('mobile', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('how', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('connection_id', sa.Integer(), nullable=True),
    sa.Column('receiver_id', sa.Integer(), nullable=True),
    sa.Column('rights', sa.String(length=64), nullable=True),
    sa.Column('given_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('withdrawn_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_consent_connection_id')),
    sa.ForeignKeyConstraint(['giver_id'], ['person.id'], name=op.f('fk_consent_giver_id')),
    sa.ForeignKeyConstraint(['receiver_id'], ['person.id'], name=op.f('fk_consent_receiver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_giver_id'), ['giver_id'], unique=False)
        batch_op.create_index('ix_consent_link', ['connection_id', 'receiver_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_consent_mobile'), ['mobile'], unique=False)
        batch_op.create_index(batch_op.f('ix_consent_receiver_id'), ['receiver_id'], unique=False)

    op.create_table('linkask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('connection_id', sa.Integer(), nullable=False),
    sa.Column('mobile', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('relation', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
    sa.Column('nickname', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('rights', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['connection_id'], ['connection.id'], name=op.f('fk_linkask_connection_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_linkask_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_linkask'))
    )
    with op.batch_alter_table('linkask', schema=None) as batch_op:
        batch_op.create_index('ix_linkask_connection', ['connection_id', 'asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_linkask_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('accountlink', schema=None) as batch_op:
        batch_op.add_column(sa.Column('under', sqlmodel.sql.sqltypes.AutoString(length=16), server_default='', nullable=False))
        batch_op.add_column(sa.Column('basis', sqlmodel.sql.sqltypes.AutoString(length=12), server_default='none', nullable=False))
        batch_op.add_column(sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_accountlink_under'), ['under'], unique=False)

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
        batch_op.alter_column('to',
               existing_type=sa.VARCHAR(length=80),
               type_=sqlmodel.sql.sqltypes.AutoString(length=254),
               existing_nullable=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=254), server_default='', nullable=False))
        batch_op.add_column(sa.Column('email_verified_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    for statement in _WHAT_STANDS:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('email_verified_at')
        batch_op.drop_column('email')

    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.alter_column('to',
               existing_type=sqlmodel.sql.sqltypes.AutoString(length=254),
               type_=sa.VARCHAR(length=80),
               existing_nullable=False)
        batch_op.drop_column('subject')

    with op.batch_alter_table('accountlink', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accountlink_under'))
        batch_op.drop_column('ended_at')
        batch_op.drop_column('basis')
        batch_op.drop_column('under')

    with op.batch_alter_table('linkask', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_linkask_person_id'))
        batch_op.drop_index('ix_linkask_connection')

    op.drop_table('linkask')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_receiver_id'))
        batch_op.drop_index(batch_op.f('ix_consent_mobile'))
        batch_op.drop_index('ix_consent_link')
        batch_op.drop_index(batch_op.f('ix_consent_giver_id'))

    op.drop_table('consent')
    with op.batch_alter_table('numbertry', schema=None) as batch_op:
        batch_op.drop_index('ix_numbertry_person')
        batch_op.drop_index(batch_op.f('ix_numbertry_at'))

    op.drop_table('numbertry')
    with op.batch_alter_table('noticepreference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_noticepreference_person_id'))

    op.drop_table('noticepreference')
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasure_person_id'))
        batch_op.drop_index(batch_op.f('ix_erasure_due_at'))

    op.drop_table('erasure')
    with op.batch_alter_table('dataexport', schema=None) as batch_op:
        batch_op.drop_index('ix_dataexport_state')
        batch_op.drop_index(batch_op.f('ix_dataexport_person_id'))

    op.drop_table('dataexport')
    op.drop_table('verifiedmobile')
