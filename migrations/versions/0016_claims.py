"""Who works next is chosen by the store: units have a rank and a task, and a function claims the next tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

QUEUED = sa.text("state = 'queued'")

# As the application computes it for new jobs.
RANK_TIME = """
UPDATE job_units AS unit
SET rank_time = job.create_time - interval '1 minute' * (job.priority - 1)
FROM jobs AS job WHERE job.id = unit.job_id
"""

# The workspaces with queued units form a ring, by their ids.
NEXT_WORKSPACE = """
CREATE FUNCTION next_queued_workspace(former uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT workspace_id FROM job_units WHERE state = 'queued' AND workspace_id > former
            ORDER BY workspace_id LIMIT 1),
        (SELECT workspace_id FROM job_units WHERE state = 'queued' ORDER BY workspace_id LIMIT 1)
    )
$$
"""

# The workspace's first unit by rank, of those that are due and whose source is none of the `full` ones.
#
# Mostly it is among the first that wait. Only if those are all of full sources, every source is asked for its first:
# that takes longer the more sources there are, and not the more units wait.
FIRST_UNIT = """
CREATE FUNCTION first_queued_unit(workspace uuid, moment timestamptz, full_sources uuid[], passed_jobs uuid[])
RETURNS SETOF job_units LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT * FROM (
        SELECT * FROM job_units
        WHERE state = 'queued' AND workspace_id = workspace AND due_time <= moment
        ORDER BY rank_time, task_id LIMIT 32
    ) AS unit
    WHERE connection_id <> ALL (full_sources) AND job_id <> ALL (passed_jobs)
    ORDER BY rank_time, task_id LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE source AS (
        (
            SELECT connection_id FROM job_units WHERE state = 'queued' AND workspace_id = workspace
            ORDER BY connection_id LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT unit.connection_id FROM job_units AS unit
            WHERE unit.state = 'queued' AND unit.workspace_id = workspace AND unit.connection_id > source.connection_id
            ORDER BY unit.connection_id LIMIT 1
        ) FROM source WHERE source.connection_id IS NOT NULL
    )
    SELECT head.* FROM source CROSS JOIN LATERAL (
        SELECT * FROM job_units AS unit
        WHERE unit.state = 'queued' AND unit.workspace_id = workspace AND unit.connection_id = source.connection_id
            AND unit.due_time <= moment AND unit.job_id <> ALL (passed_jobs)
        ORDER BY unit.rank_time, unit.task_id LIMIT 1
    ) AS head
    WHERE source.connection_id <> ALL (full_sources)
    ORDER BY head.rank_time, head.task_id LIMIT 1;
END $$
"""

# The first unit of the workspace whose turn it is: of sixteen in the ring, from the one after the last that was served,
# the one with the fewest tasks under way that has something to do; of the next sixteen if none of them has.
FIRST_IN_TURN = """
CREATE FUNCTION first_unit_in_turn(moment timestamptz, full_sources uuid[], passed_jobs uuid[])
RETURNS SETOF job_units LANGUAGE plpgsql STABLE AS $$
DECLARE
    reached uuid := (SELECT workspace_id FROM claim_turn);
    asked uuid[] := '{}';
    ring uuid[];
    workspace uuid;
BEGIN
    LOOP
        ring := '{}';
        WHILE cardinality(ring) < 16 LOOP
            reached := next_queued_workspace(reached);
            EXIT WHEN reached IS NULL OR reached = ANY (asked);
            asked := asked || reached;
            ring := ring || reached;
        END LOOP;
        EXIT WHEN ring = '{}';
        FOR workspace IN
            SELECT waiting.id FROM unnest(ring) WITH ORDINALITY AS waiting (id, place)
            LEFT JOIN (
                SELECT workspace_id, count(DISTINCT task_id) AS tasks
                FROM job_units WHERE state = 'running' GROUP BY workspace_id
            ) AS busy ON busy.workspace_id = waiting.id
            ORDER BY coalesce(busy.tasks, 0), waiting.place
        LOOP
            RETURN QUERY SELECT * FROM first_queued_unit(workspace, moment, full_sources, passed_jobs);
            IF FOUND THEN
                RETURN;
            END IF;
        END LOOP;
    END LOOP;
END $$
"""

# One claim at a time: each sees all others', so that no limit is exceeded and everybody has a turn. It waits for no
# row, so that nobody who stands still with a lock keeps others from claiming.
CLAIM_TASKS = """
CREATE FUNCTION claim_tasks(
    places integer, moment timestamptz, lease_end timestamptz, most_sessions integer,
    lost_reason text, lost_message text
) RETURNS TABLE (claimed job_units, origin jsonb) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    first job_units;
    paused_sources uuid[];
    full_sources uuid[];
    passed_jobs uuid[];
    allowed integer;
    granted integer;
    given integer;
BEGIN
    IF NOT EXISTS (SELECT FROM job_units WHERE state = 'queued' AND due_time <= moment)
        AND NOT EXISTS (SELECT FROM job_units WHERE state = 'running' AND lease_until < moment)
    THEN
        RETURN;
    END IF;
    -- Nor does it wait for the disk while others wait for it. A crash may forget it: then another worker claims what
    -- the first one still does, and whoever ends it first has ended it.
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM pg_advisory_xact_lock(7316203);

    paused_sources := array(SELECT id FROM connections WHERE pause_time IS NOT NULL);
    -- Those past their deadline are not to be begun.
    passed_jobs := array(SELECT id FROM jobs WHERE state IN ('queued', 'running') AND deadline_time <= moment);

    -- What a worker left that is gone had its turn, and its session: it goes on first, each unit for itself.
    RETURN QUERY
    UPDATE job_units AS unit
    SET attempt = unit.attempt + 1, start_time = moment, lease_until = lease_end, task_id = unit.id, sessions = 1,
        attempts = unit.attempts || jsonb_build_array(jsonb_build_object(
            'number', unit.attempt, 'start_time', unit.start_time, 'end_time', unit.lease_until,
            'reason', lost_reason, 'message', lost_message))
    FROM (
        SELECT id FROM job_units
        WHERE state = 'running' AND lease_until < moment
            AND connection_id <> ALL (paused_sources) AND job_id <> ALL (passed_jobs)
        ORDER BY lease_until LIMIT places FOR UPDATE SKIP LOCKED
    ) AS gone
    WHERE unit.id = gone.id
    RETURNING unit, (SELECT jobs.origin FROM jobs WHERE jobs.id = unit.job_id);
    GET DIAGNOSTICS given = ROW_COUNT;
    places := places - given;

    WHILE places > 0 LOOP
        full_sources := paused_sources || array(
            SELECT task.connection_id FROM (
                SELECT connection_id, max(sessions) AS sessions
                FROM job_units WHERE state = 'running' GROUP BY connection_id, task_id
            ) AS task LEFT JOIN connections ON connections.id = task.connection_id
            GROUP BY task.connection_id, connections.max_concurrent_statement_count
            HAVING sum(task.sessions) >= least(most_sessions, connections.max_concurrent_statement_count)
        );
        SELECT * INTO first FROM first_unit_in_turn(moment, full_sources, passed_jobs);
        EXIT WHEN NOT FOUND;

        IF EXISTS (SELECT FROM jobs WHERE id = first.job_id AND state = 'queued') THEN
            UPDATE jobs SET state = 'running', start_time = moment
            WHERE id = (SELECT id FROM jobs WHERE id = first.job_id AND state = 'queued' FOR UPDATE SKIP LOCKED);
            IF NOT FOUND THEN
                passed_jobs := passed_jobs || first.job_id;
                CONTINUE;
            END IF;
        END IF;

        -- Who is alone with its source may use further sessions of it, and leaves half of all to whoever comes next.
        granted := 1;
        IF cardinality(first.check_ids) > 1 AND NOT EXISTS (
            SELECT FROM job_units
            WHERE state = 'queued' AND workspace_id = first.workspace_id AND connection_id = first.connection_id
                AND due_time <= moment AND id <> first.id
        ) THEN
            allowed := least(
                most_sessions, (SELECT max_concurrent_statement_count FROM connections WHERE id = first.connection_id)
            );
            granted := (
                SELECT greatest(1, least(
                    cardinality(first.check_ids), allowed - allowed / 2 - coalesce(sum(task.sessions), 0)
                ))
                FROM (
                    SELECT max(sessions) AS sessions FROM job_units
                    WHERE state = 'running' AND connection_id = first.connection_id GROUP BY task_id
                ) AS task
            );
        END IF;

        RETURN QUERY
        UPDATE job_units AS unit
        SET state = 'running', attempt = unit.attempt + 1, start_time = moment, lease_until = lease_end,
            sessions = granted
        FROM (
            SELECT id FROM job_units
            WHERE state = 'queued' AND workspace_id = first.workspace_id AND connection_id = first.connection_id
                AND rank_time = first.rank_time AND task_id = first.task_id AND due_time <= moment
            FOR UPDATE SKIP LOCKED
        ) AS free
        WHERE unit.id = free.id
        RETURNING unit, (SELECT jobs.origin FROM jobs WHERE jobs.id = unit.job_id);
        IF NOT FOUND THEN
            passed_jobs := passed_jobs || first.job_id;
            CONTINUE;
        END IF;
        UPDATE claim_turn SET workspace_id = first.workspace_id WHERE workspace_id <> first.workspace_id;
        places := places - 1;
    END LOOP;
END $$
"""
FUNCTIONS = (NEXT_WORKSPACE, FIRST_UNIT, FIRST_IN_TURN, CLAIM_TASKS)


def upgrade() -> None:
    op.add_column("jobs", sa.Column("origin", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("jobs", "origin", server_default=None)
    op.add_column("job_units", sa.Column("task_id", sa.Uuid(as_uuid=False)))
    op.add_column("job_units", sa.Column("rank_time", sa.DateTime(timezone=True)))
    op.add_column("job_units", sa.Column("sessions", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("job_units", "sessions", server_default=None)
    op.execute("UPDATE job_units SET task_id = id")
    op.execute(RANK_TIME)
    for name in ("task_id", "rank_time", "connection_id"):
        op.alter_column("job_units", name, nullable=False)
    op.drop_index("ix_job_units_due", "job_units")
    rank = ["rank_time", "task_id", "due_time"]
    op.create_index("ix_job_units_rank", "job_units", ["workspace_id", *rank], postgresql_where=QUEUED)
    source = ["workspace_id", "connection_id", *rank]
    op.create_index("ix_job_units_source", "job_units", source, postgresql_where=QUEUED)
    op.create_index("ix_connections_paused", "connections", ["id"], postgresql_where=sa.text("pause_time IS NOT NULL"))
    op.create_table("claim_turn", sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False))
    op.execute("INSERT INTO claim_turn VALUES ('00000000-0000-0000-0000-000000000000')")
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    for name in ("claim_tasks", "first_unit_in_turn", "first_queued_unit", "next_queued_workspace"):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_table("claim_turn")
    op.drop_index("ix_connections_paused", "connections")
    op.drop_index("ix_job_units_source", "job_units")
    op.drop_index("ix_job_units_rank", "job_units")
    op.create_index("ix_job_units_due", "job_units", ["due_time"], postgresql_where=QUEUED)
    op.alter_column("job_units", "connection_id", nullable=True)
    for name in ("sessions", "rank_time", "task_id"):
        op.drop_column("job_units", name)
    op.drop_column("jobs", "origin")
