"""What happens around every RPC, seen by a client."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError

from dq.v1 import connection_service_pb2, options_pb2, role_pb2
from dq_platform import log
from dq_platform.app import connections
from dq_platform.errors import Exhausted, SourceError, SourceProblem, Unsupported, WrongState
from dq_platform.models.workspace import Role
from dq_platform.settings import ServerSettings
from services.common.structs import to_struct
from tests.services.platform import Account, Platform, refusal_of, refused, running
from tests.services.shop import Shop, connection_to

SECRET = "password=hunter2 at db.internal"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.configure("json", "info", stream)
    yield stream
    log.configure("console", "warning")


def lines(logged: io.StringIO, event: str) -> list[str]:
    return [line for line in logged.getvalue().splitlines() if f'"event": "{event}"' in line]


class TestAuth:
    @pytest.mark.parametrize("key", ["", " "])
    async def test_a_call_without_a_key_is_refused(self, servers: Platform, key: str) -> None:
        refusal = await refused(servers.client(key).ListJobs())
        assert (refusal.code, refusal.reason) == (StatusCode.UNAUTHENTICATED, "API_KEY_MISSING")

    async def test_a_stream_without_a_key_is_refused(self, servers: Platform) -> None:
        with pytest.raises(AioRpcError) as error:
            await servers.client().WatchJob(job_id="x").read()
        assert refusal_of(error.value).reason == "API_KEY_MISSING"

    @pytest.mark.parametrize("key", ["nonsense", f"dqp_{'0' * 32}_{'a' * 43}", "dqp_"])
    async def test_a_wrong_key_is_refused(self, servers: Platform, key: str) -> None:
        refusal = await refused(servers.client(key).ListJobs())
        assert (refusal.code, refusal.reason) == (StatusCode.UNAUTHENTICATED, "API_KEY_INVALID")

    async def test_a_right_id_with_a_wrong_secret_is_refused(self, account: Account) -> None:
        wrong = account.key[:-1] + ("a" if account.key[-1] != "a" else "b")
        assert (await refused(account.platform.client(wrong).ListJobs())).reason == "API_KEY_INVALID"

    async def test_every_method_refuses_a_call_without_a_key(self, servers: Platform) -> None:
        for method in servers.methods:
            call = getattr(servers.client(), method)()
            with pytest.raises(AioRpcError) as error:
                await (call.read() if method == "WatchJob" else call)
            assert refusal_of(error.value).code is StatusCode.UNAUTHENTICATED

    async def test_a_bearer_token_is_a_key(self, account: Account) -> None:
        client = account.platform.client().with_metadata(("authorization", f"Bearer {account.key}"))
        assert await client.ListJobs() == await account.admin.ListJobs()

    async def test_the_header_of_the_key_can_have_another_name(
        self, servers: Platform, settings: ServerSettings, account: Account
    ) -> None:
        renamed = settings.model_copy(update={"api_key_header": "X-Shop-Key"})
        async with running(servers.parts, renamed) as other:
            await other.client().with_metadata(("x-shop-key", account.key)).ListJobs()
            assert (await refused(other.client(account.key).ListJobs())).reason == "API_KEY_MISSING"

    @pytest.mark.parametrize("role", list(Role))
    async def test_a_role_may_call_what_the_contract_says_and_no_more(self, account: Account, role: Role) -> None:
        client = await account.with_role(role)
        for name, (_, method) in account.platform.methods.items():
            required = Role(method.GetOptions().Extensions[options_pb2.required_role])
            call = getattr(client, name)(b"\xff")
            with pytest.raises(AioRpcError) as error:
                await (call.read() if name == "WatchJob" else call)
            refusal = refusal_of(error.value)
            if role < required:
                assert (refusal.code, refusal.reason) == (StatusCode.PERMISSION_DENIED, "ROLE_REQUIRED")
                assert refusal.info == {"required": required.name.lower(), "actual": role.name.lower()}
            else:
                assert refusal.code is StatusCode.INVALID_ARGUMENT


class TestRequestId:
    async def test_a_plain_id_comes_back_with_the_answer(self, account: Account) -> None:
        call = account.admin.with_metadata(("x-request-id", "Abc-1.2_3")).ListJobs()
        await call
        assert dict(await call.initial_metadata())["x-request-id"] == "Abc-1.2_3"
        assert dict(await call.trailing_metadata())["x-request-id"] == "Abc-1.2_3"

    @pytest.mark.parametrize("given", ["", "has space", "x" * 65, "<script>"])
    async def test_any_other_id_is_replaced(self, account: Account, given: str) -> None:
        call = account.admin.with_metadata(("x-request-id", given)).ListJobs()
        await call
        assert dict(await call.initial_metadata())["x-request-id"] not in ("", given)

    async def test_an_error_carries_the_id_too(self, account: Account) -> None:
        refusal = await refused(account.admin.with_metadata(("x-request-id", "r-1")).GetJob(job_id="x"))
        assert refusal.trailing["x-request-id"] == "r-1"


class TestSuccessCodes:
    async def test_answers_carry_the_http_code_and_the_etag(self, shop: Shop) -> None:
        made = shop.admin.CreateConnection(connection=connection_to(shop.postgres))
        connection = (await made).connection
        first = dict(await made.initial_metadata())
        assert (first["x-http-code"], first["etag"]) == ("201", connection.etag)
        started = shop.admin.SyncMetadata(connection_id=connection.id)
        await started
        assert dict(await started.initial_metadata())["x-http-code"] == "202"
        gone = shop.admin.DeleteConnection(connection_id=connection.id)
        await gone
        assert dict(await gone.initial_metadata())["x-http-code"] == "204"
        read = shop.admin.GetConnection(connection_id=shop.connection.id)
        await read
        assert "x-http-code" not in dict(await read.initial_metadata())
        assert dict(await read.initial_metadata())["etag"] == shop.connection.etag


class TestParsing:
    async def test_bytes_that_are_no_request_are_refused(self, account: Account) -> None:
        refusal = await refused(account.admin.GetJob(b"\xff\xff\xff"))
        assert refusal.code is StatusCode.INVALID_ARGUMENT
        assert "dq.v1.GetJobRequest" in refusal.violations["request"]

    async def test_text_that_is_not_utf_8_is_refused(self, account: Account) -> None:
        assert (await refused(account.admin.GetJob(b"\x0a\x02\xff\xfe"))).code is StatusCode.INVALID_ARGUMENT

    @pytest.mark.parametrize("size", [-1, -(2**31)])
    async def test_a_negative_page_size_is_refused_everywhere(self, account: Account, size: int) -> None:
        for name in ("ListJobs", "ListChecks", "ListRules", "ListResults", "ListIncidents", "ListApiKeys"):
            refusal = await refused(getattr(account.admin, name)(page_size=size))
            assert list(refusal.violations) == ["page_size"]

    async def test_nul_bytes_numbers_that_are_none_and_unknown_enums_are_refused_at_once(self, shop: Shop) -> None:
        wanted = shop.check(description="a\0b", filter="\0")
        wanted.mode = 99
        wanted.thresholds.error.update({"max_percent": float("nan")})
        wanted.labels["\0key"] = "x"
        refusal = await refused(shop.admin.CreateCheck(check=wanted))
        assert {"check.description", "check.filter", "check.mode", "check.thresholds.error.max_percent"} <= set(
            refusal.violations
        )

    async def test_a_text_of_more_than_a_megabyte_is_refused(self, shop: Shop) -> None:
        refusal = await refused(shop.admin.GetJob(job_id="x" * (1024 * 1024 + 1)))
        assert list(refusal.violations) == ["job_id"]

    async def test_a_thousand_faults_still_fit_into_an_answer(self, shop: Shop) -> None:
        many = {f"ключ{number}": "значение\0" for number in range(1000)}
        wanted = shop.check(sensor_params=to_struct(many))
        refusal = await refused(shop.admin.CreateCheck(check=wanted))
        assert refusal.code is StatusCode.INVALID_ARGUMENT
        assert "more violations" in str(refusal.details["BadRequest"])


class TestDeadline:
    async def test_work_ends_with_the_callers_deadline(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        ended = asyncio.Event()

        async def slow(*_: object) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()

        monkeypatch.setattr(connections, "get_connection", slow)
        with pytest.raises(AioRpcError) as error:
            await shop.admin.GetConnection(connection_id="x", timeout=0.2)
        assert error.value.code() is StatusCode.DEADLINE_EXCEEDED
        async with asyncio.timeout(5):
            await ended.wait()

    async def test_a_timeout_inside_is_a_deadline_and_no_fault_of_ours(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        raise_in_servicer(monkeypatch, TimeoutError(SECRET))
        refusal = await refused(shop.admin.GetConnection(connection_id="x"))
        assert (refusal.code, refusal.reason) == (StatusCode.DEADLINE_EXCEEDED, "DEADLINE")
        assert SECRET not in refusal.everything

    async def test_a_call_without_a_deadline_is_served(self, account: Account) -> None:
        assert list((await account.admin.ListJobs(timeout=None)).jobs) == []


def raise_in_servicer(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(connections, "get_connection", fail)


class TestErrors:
    async def test_a_fault_of_ours_is_logged_once_and_told_to_nobody(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
    ) -> None:
        raise_in_servicer(monkeypatch, RuntimeError("unforeseen"))
        client = shop.admin.with_metadata(("x-request-id", "fault-1"))
        refusal = await refused(client.GetConnection(connection_id="x"))
        assert (refusal.code, refusal.reason) == (StatusCode.INTERNAL, "INTERNAL")
        assert refusal.details["RequestInfo"].request_id == "fault-1"
        assert "unforeseen" not in refusal.everything
        (line,) = lines(logged, "rpc failed")
        assert "unforeseen" in line
        assert "Traceback" in line
        assert "fault-1" in line

    async def test_a_port_that_fails_tells_nothing_of_its_text(
        self, servers: Platform, settings: ServerSettings
    ) -> None:
        @asynccontextmanager
        async def broken() -> AsyncIterator[None]:
            raise ConnectionError(SECRET)
            yield

        deps = replace(servers.deps, uow=broken)
        made = replace(servers.parts, deps=deps)
        account = await servers.account("broken-port")
        async with running(made, settings) as other:
            for name, request in (("ListConnections", {}), ("ListChecks", {}), ("ListResults", {}), ("ListJobs", {})):
                refusal = await refused(getattr(other.client(account.key), name)(**request))
                assert refusal.code is StatusCode.INTERNAL
                assert "hunter2" not in refusal.everything
            with pytest.raises(AioRpcError) as error:
                await other.client(account.key).WatchJob(job_id="x").read()
            assert refusal_of(error.value).code is StatusCode.INTERNAL

    @pytest.mark.parametrize(
        ("error", "code", "detail"),
        [
            (WrongState("BUSY", "It is busy."), StatusCode.FAILED_PRECONDITION, "PreconditionFailure"),
            (Unsupported("It cannot."), StatusCode.FAILED_PRECONDITION, "PreconditionFailure"),
            (SourceError(SourceProblem.BAD_SQL, "Bad.", code="42601"), StatusCode.FAILED_PRECONDITION, "ErrorInfo"),
            (SourceError(SourceProblem.TIMEOUT, "Slow."), StatusCode.DEADLINE_EXCEEDED, "ErrorInfo"),
            (SourceError(SourceProblem.RESOURCE, "Full."), StatusCode.UNAVAILABLE, "RetryInfo"),
        ],
    )
    async def test_a_domain_error_has_the_code_and_details_of_the_table(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, code: StatusCode, detail: str
    ) -> None:
        raise_in_servicer(monkeypatch, error)
        refusal = await refused(shop.admin.GetConnection(connection_id="x"))
        assert (refusal.code, refusal.message) == (code, str(error))
        assert detail in refusal.details

    async def test_a_limit_says_when_to_try_again(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        raise_in_servicer(monkeypatch, Exhausted("Too many.", timedelta(seconds=7)))
        refusal = await refused(shop.admin.GetConnection(connection_id="x"))
        assert refusal.code is StatusCode.RESOURCE_EXHAUSTED
        assert refusal.details["RetryInfo"].retry_delay.seconds == 7
        assert refusal.details["QuotaFailure"].violations


class TestAccessLog:
    async def test_each_call_is_one_line_with_its_end_and_no_secret(self, shop: Shop, logged: io.StringIO) -> None:
        wrong = connection_service_pb2.CreateConnectionRequest(
            connection={"display_name": "x", "type": "nope", "settings": to_struct({"password": "hunter2"})}
        )
        await refused(shop.admin.CreateConnection(wrong))
        await shop.admin.ListJobs()
        refusal, listing = lines(logged, "rpc")
        assert '"code": "INVALID_ARGUMENT"' in refusal
        assert '"method": "/dq.v1.ConnectionService/CreateConnection"' in refusal
        assert '"code": "OK"' in listing
        assert '"key": "admin"' in listing
        assert "hunter2" not in logged.getvalue()
        assert shop.account.key not in logged.getvalue()

    async def test_a_client_that_goes_away_is_cancelled_in_the_log(self, shop: Shop, logged: io.StringIO) -> None:
        job = await shop.job()
        stream = shop.admin.WatchJob(job_id=job.id)
        await stream.read()
        stream.cancel()
        async with asyncio.timeout(5):
            while not [line for line in lines(logged, "rpc") if "WatchJob" in line]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        (line,) = [line for line in lines(logged, "rpc") if "WatchJob" in line]
        assert '"code": "CANCELLED"' in line


def test_roles_of_the_contract_are_ordered_as_ours() -> None:
    assert [role.name for role in Role] == [
        value.name.removeprefix("ROLE_") for value in role_pb2.Role.DESCRIPTOR.values if value.number
    ]
