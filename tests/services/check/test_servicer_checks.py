from __future__ import annotations

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode

from dq.v1 import check_pb2, check_service_pb2, connection_service_pb2, job_pb2, result_pb2, schedule_service_pb2
from dq_platform.models.workspace import Role
from services.common.structs import plain, to_struct
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop


async def test_a_check_is_complete_once_it_is_created(shop: Shop) -> None:
    check = (await shop.admin.CreateCheck(check=shop.check(labels={"team": "shop"}))).check
    assert check.mode == check_pb2.MODE_MONITORING
    assert check.time_scale == check_pb2.TIME_SCALE_DAILY
    assert (check.category, check.dimension) == ("nulls", "Completeness")
    assert check.enabled
    assert plain(check.thresholds.error) == {"max_percent": 5}
    assert not check.thresholds.HasField("warning")
    assert (await shop.admin.GetCheck(check_id=check.id)).check == check


async def test_an_unknown_check_type_is_answered_with_the_nearest_names(shop: Shop) -> None:
    wanted = shop.check()
    wanted.check_type = "null_percent"
    refusal = await refused(shop.admin.CreateCheck(check=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert "nulls_percent" in refusal.violations["check.check_type"]


async def test_a_column_that_does_not_exist_is_answered_with_the_tables_columns(shop: Shop) -> None:
    wanted = shop.check()
    wanted.target.column_name = "amuont"
    refusal = await refused(shop.admin.CreateCheck(check=wanted))
    assert "'amount'" in refusal.violations["check.target.column_name"]
    assert "'placed_on'" in refusal.violations["check.target.column_name"]


async def test_a_misspelt_threshold_is_answered_with_the_parameter_meant(shop: Shop) -> None:
    wanted = shop.check()
    wanted.thresholds.error.update({"max_percnt": 5})
    refusal = await refused(shop.admin.CreateCheck(check=wanted))
    assert "'max_percent'" in refusal.violations["check.thresholds.error.max_percnt"]


async def test_thresholds_out_of_order_are_refused(shop: Shop) -> None:
    wanted = shop.check()
    wanted.thresholds.warning.update({"max_percent": 50})
    refusal = await refused(shop.admin.CreateCheck(check=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert any(field.startswith("check.thresholds") for field in refusal.violations)


async def test_several_faults_are_told_at_once(shop: Shop) -> None:
    wanted = shop.check(filter="a; b", partition_column="placed_on")
    wanted.thresholds.error.update({"max_percent": 500})
    refusal = await refused(shop.admin.CreateCheck(check=wanted))
    told = {"check.filter", "check.partition_column", "check.thresholds.error.max_percent"}
    assert told <= refusal.violations.keys()


async def test_a_list_holds_what_its_filter_names(shop: Shop) -> None:
    nulls = await shop.stored_check()
    rows = shop.check(check_type="row_count", thresholds=check_pb2.Thresholds(error=to_struct({"min_count": 1})))
    rows.target.column_name = ""
    del rows.thresholds.error.fields["max_percent"]
    counted = (await shop.admin.CreateCheck(check=rows)).check
    listed = await shop.admin.ListChecks(connection_id=shop.connection.id)
    assert fields_of(listed.checks, "id") == [nulls.id, counted.id]
    assert fields_of((await shop.admin.ListChecks(check_type="row_count")).checks, "id") == [counted.id]
    assert fields_of((await shop.admin.ListChecks(category="nulls")).checks, "id") == [nulls.id]
    assert fields_of((await shop.admin.ListChecks(table_pattern="shop.cust*")).checks, "id") == []
    assert len((await shop.admin.ListChecks(mode=check_pb2.MODE_MONITORING)).checks) == 2


async def test_one_parameter_of_one_threshold_can_be_changed_alone(shop: Shop) -> None:
    check = await shop.stored_check()
    wanted = check_pb2.Check(id=check.id, thresholds=check_pb2.Thresholds(fatal=to_struct({"max_percent": 50})))
    updated = (await shop.admin.UpdateCheck(check=wanted)).check
    assert plain(updated.thresholds.fatal) == {"max_percent": 50}
    assert plain(updated.thresholds.error) == {"max_percent": 5}


async def test_a_mask_that_names_what_the_request_leaves_out_empties_it(shop: Shop) -> None:
    check = await shop.stored_check(description="why", labels={"a": "b"})
    mask = FieldMask(paths=["description", "labels"])
    updated = (await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id), update_mask=mask)).check
    assert updated.description == ""
    assert not updated.labels


async def test_a_check_can_be_disabled(shop: Shop) -> None:
    check = await shop.stored_check()
    updated = (await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id, enabled=False))).check
    assert not updated.enabled


async def test_everything_is_replaced_by_a_star(shop: Shop) -> None:
    check = await shop.stored_check(description="why")
    wanted = check_pb2.Check(id=check.id, thresholds=check_pb2.Thresholds(warning=to_struct({"max_percent": 1})))
    updated = (await shop.admin.UpdateCheck(check=wanted, update_mask=FieldMask(paths=["*"]))).check
    assert updated.description == ""
    assert not updated.thresholds.HasField("error")
    assert plain(updated.thresholds.warning) == {"max_percent": 1}
    assert updated.target == check.target


async def test_what_a_check_looks_at_cannot_be_changed(shop: Shop) -> None:
    check = await shop.stored_check()
    wanted = check_pb2.Check(id=check.id, check_type="nulls_count")
    wanted.target.table_name = "customers"
    refusal = await refused(shop.admin.UpdateCheck(check=wanted))
    assert refusal.violations == {"check.target": "cannot be changed", "check.check_type": "cannot be changed"}


async def test_a_check_sent_back_as_it_was_read_stays_what_it_is(shop: Shop) -> None:
    check = await shop.stored_check()
    updated = (await shop.admin.UpdateCheck(check=check)).check
    updated.update_time.CopyFrom(check.update_time)
    updated.etag = check.etag
    assert updated == check


async def test_an_update_is_verified_as_a_new_check_is(shop: Shop) -> None:
    check = await shop.stored_check()
    refusal = await refused(shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id, filter="no_such = 1")))
    assert "check.filter" in refusal.violations


async def test_an_outdated_etag_aborts_an_update_and_a_deletion(shop: Shop) -> None:
    check = await shop.stored_check()
    await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id, description="new"))
    outdated = check_pb2.Check(id=check.id, description="newer", etag=check.etag)
    assert (await refused(shop.admin.UpdateCheck(check=outdated))).reason == "ETAG_MISMATCH"
    assert (await refused(shop.admin.DeleteCheck(check_id=check.id, etag=check.etag))).code is StatusCode.ABORTED


async def test_a_deleted_check_is_not_found(shop: Shop) -> None:
    check = await shop.stored_check()
    await shop.admin.DeleteCheck(check_id=check.id)
    for call in (shop.admin.GetCheck(check_id=check.id), shop.admin.DeleteCheck(check_id=check.id)):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "CHECK_NOT_FOUND")
        assert refusal.details["ResourceInfo"].resource_name == check.id


async def test_a_run_is_a_queued_job(shop: Shop) -> None:
    check = await shop.stored_check()
    job = (await shop.admin.RunCheck(check_id=check.id, request_id="run-1")).job
    assert (job.kind, job.state) == (job_pb2.JOB_KIND_EXECUTE_CHECK, job_pb2.JOB_STATE_QUEUED)
    assert (job.check_count, job.unit_count, job.units_done_count) == (1, 1, 0)
    assert (job.created_by, job.request_id) == ("admin", "run-1")


async def test_every_request_for_a_job_takes_a_timeout(shop: Shop) -> None:
    check, schedule, timeout = await shop.stored_check(), await shop.schedule(), Duration(seconds=90)
    selector = check_pb2.CheckSelector(check_ids=[check.id])
    made = [
        await shop.admin.RunCheck(check_service_pb2.RunCheckRequest(check_id=check.id, timeout=timeout)),
        await shop.admin.BatchRunChecks(check_service_pb2.BatchRunChecksRequest(selector=selector, timeout=timeout)),
        await shop.admin.SyncMetadata(
            connection_service_pb2.SyncMetadataRequest(connection_id=shop.connection.id, timeout=timeout)
        ),
        await shop.admin.RunSchedule(schedule_service_pb2.RunScheduleRequest(schedule_id=schedule.id, timeout=timeout)),
    ]
    assert {one.job.deadline_time.seconds - one.job.create_time.seconds for one in made} == {90}
    refusal = await refused(
        shop.admin.RunCheck(check_service_pb2.RunCheckRequest(check_id=check.id, timeout=Duration()))
    )
    assert refusal.violations == {"timeout": "is 0 s; it takes more than 0 s and at most 86400 s."}


async def test_a_repeated_request_id_returns_the_first_job(shop: Shop) -> None:
    check = await shop.stored_check()
    first = (await shop.admin.RunCheck(check_id=check.id, request_id="once")).job
    by_header = shop.admin.with_metadata(("idempotency-key", "once"))
    assert (await by_header.RunCheck(check_id=check.id)).job == first


async def test_a_request_id_with_other_contents_is_refused(shop: Shop) -> None:
    one, other = await shop.stored_check(), await shop.stored_check()
    await shop.admin.RunCheck(check_id=one.id, request_id="once")
    refusal = await refused(shop.admin.RunCheck(check_id=other.id, request_id="once"))
    assert (refusal.code, refusal.reason) == (StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")


async def test_a_batch_runs_what_its_selector_matches(shop: Shop) -> None:
    await shop.stored_check()
    await shop.stored_check()
    selector = check_pb2.CheckSelector(connection_id=shop.connection.id)
    job = (await shop.admin.BatchRunChecks(selector=selector)).job
    assert (job.kind, job.check_count) == (job_pb2.JOB_KIND_EXECUTE_CHECK_BATCH, 2)


async def test_a_batch_of_nothing_is_an_error(shop: Shop) -> None:
    refusal = await refused(shop.admin.BatchRunChecks(selector=check_pb2.CheckSelector(category="nulls")))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert "selector" in refusal.violations


async def test_a_preview_measures_without_storing(shop: Shop) -> None:
    check = await shop.stored_check()
    preview = await shop.admin.PreviewCheck(check_id=check.id)
    (result,) = preview.results
    assert (result.outcome, result.value, result.value_text) == (result_pb2.OUTCOME_ERROR, 25.0, "25")
    assert (result.id, result.job_id, result.check_id) == ("", "", check.id)
    assert result.bounds.error.upper == 5
    assert "amount" in preview.statements[0]
    assert not (await shop.admin.ListLatestResults()).results


async def test_a_check_that_is_not_saved_can_be_previewed(shop: Shop) -> None:
    preview = await shop.admin.PreviewUnsavedCheck(check=shop.check(filter="status = 'draft'"))
    assert len(preview.results) == 1
    assert preview.results[0].check_id == ""
    assert preview.check.mode == check_pb2.MODE_MONITORING
    assert preview.check.id == preview.check.etag == ""
    assert not (await shop.admin.ListChecks()).checks


async def test_a_preview_of_a_check_that_is_wrong_names_the_field(shop: Shop) -> None:
    refusal = await refused(shop.admin.PreviewUnsavedCheck(check=shop.check(filter="a; b")))
    assert "check.filter" in refusal.violations


async def test_a_viewer_reads_and_an_operator_runs(shop: Shop) -> None:
    check = await shop.stored_check()
    viewer = await shop.account.with_role(Role.VIEWER)
    await viewer.GetCheck(check_id=check.id)
    assert (await refused(viewer.RunCheck(check_id=check.id))).code is StatusCode.PERMISSION_DENIED
    operator = await shop.account.with_role(Role.OPERATOR)
    await operator.RunCheck(check_id=check.id)
    assert (await refused(operator.DeleteCheck(check_id=check.id))).code is StatusCode.PERMISSION_DENIED


async def test_rows_behind_a_check_are_seen_without_being_stored(shop: Shop) -> None:
    check = await shop.stored_check(error_samples=False)
    assert (check.error_samples, check.HasField("error_samples")) == (False, True)
    seen = await shop.admin.PreviewErrorSamples(check_id=check.id)
    assert [result.id for result in seen.results] == [""]
    [samples] = seen.samples
    assert (samples.result_id, samples.check_id) == ("", check.id)
    assert [column.name for column in samples.columns] == ["id", "amount"]
    assert samples.rows
    assert not any(row.values[1].HasField("text") for row in samples.rows)


async def test_a_check_that_judges_no_rows_has_none_to_show(shop: Shop) -> None:
    target = check_pb2.Target(connection_id=shop.connection.id, schema_name="shop", table_name="orders")
    made = await shop.admin.CreateCheck(check=check_pb2.Check(target=target, check_type="row_count"))
    refusal = await refused(shop.admin.PreviewErrorSamples(check_id=made.check.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "NO_ERROR_SAMPLES")


async def test_samples_are_taken_unless_a_check_says_no(shop: Shop) -> None:
    check = await shop.stored_check()
    assert check.error_samples
    changed = check_pb2.Check(id=check.id, error_samples=False)
    assert not (await shop.admin.UpdateCheck(check=changed)).check.error_samples
    assert not (await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id, description="x"))).check.error_samples
