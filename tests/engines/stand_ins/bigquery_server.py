"""A BigQuery for tests: bqemulator's SQL, and in front of it jobs that run on their own, as BigQuery's do.

It runs in an environment of its own: `python bigquery_server.py PORT`. bqemulator answers a job when it has ended, and
nothing else meanwhile; here a job is running until it is done, is asked for, cancelled, and stopped when it takes
longer than its deadline. What a dataset keeps of its tables (`__TABLES__`) is made of INFORMATION_SCHEMA.

Tests look inside through `/stand-in/...`.
"""

import asyncio
import json
import re
import sys
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from bqemulator.config import LogLevel, Settings
from bqemulator.server import EmulatorServer
from bqemulator.storage.engine import DuckDBEngine

AT_ONCE = 0.05  # seconds that a job may take to be done in the first answer
EMULATOR = threading.Lock()  # bqemulator does one thing at a time; who holds this knows that it is this one
JOB = re.compile(r"/bigquery/v2/projects/([^/]+)/(queries|jobs)/([^/?]+)(/cancel)?")

TABLES = re.compile(r"(`[^`]+`\.`[^`]+`)\.`__TABLES__`")
AS_TABLES = r"""(
SELECT t.table_name AS table_id,
       CASE t.table_type WHEN 'VIEW' THEN 2 WHEN 'MATERIALIZED VIEW' THEN 4 ELSE 1 END AS type,
       COALESCE(p.total_rows, 0) AS row_count, COALESCE(p.total_logical_bytes, 0) AS size_bytes,
       UNIX_MILLIS(t.creation_time) AS last_modified_time
FROM \1.INFORMATION_SCHEMA.TABLES t LEFT JOIN \1.INFORMATION_SCHEMA.PARTITIONS p ON p.table_name = t.table_name)"""


# Nothing is in them, because bqemulator knows no keys and descriptions.
EMPTY = re.compile(r"`[^`]+`\.`[^`]+`\.INFORMATION_SCHEMA\.(COLUMN_FIELD_PATHS|KEY_COLUMN_USAGE)")
AS_EMPTY = """(
SELECT '' AS table_name, '' AS column_name, '' AS field_path, '' AS description, 1 AS position_in_unique_constraint
FROM (SELECT 1 AS one) WHERE FALSE)"""


class Job:
    def __init__(self, project, request):
        self.request = request
        self.project = project
        self.id = request["jobReference"]["jobId"]
        self.done = threading.Event()
        self.stopped = ""
        self.executing = False
        self.answer = (500, b"")
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        timer = None
        if timeout := self.request["configuration"].get("jobTimeoutMs"):
            timer = threading.Timer(int(timeout) / 1000, self.stop, (f"Job timed out after {timeout} ms.",))
            timer.start()
        query = self.request["configuration"]["query"]
        query["query"] = EMPTY.sub(AS_EMPTY, TABLES.sub(AS_TABLES, query["query"]))
        body = json.dumps(self.request).encode()
        with EMULATOR:
            self.executing = True
            if not self.stopped:
                self.answer = send("POST", f"/bigquery/v2/projects/{self.project}/jobs", body)
            self.done.set()
        if timer:
            timer.cancel()

    def stop(self, why):
        """Another job's statement is left alone: while that goes on, this one has not begun, and never will."""
        if not self.done.is_set():
            self.stopped = f"Job execution was cancelled: {why}"
            while self.executing and not self.done.wait(0.01):
                emulator._engine.connection.interrupt()

    def resource(self):
        if self.done.is_set() and not self.stopped:
            return self.answer
        reference = {"projectId": self.project, "jobId": self.id, "location": "US"}
        status = {"state": "RUNNING"}
        if self.stopped:
            status = {"state": "DONE", "errorResult": {"reason": "stopped", "message": self.stopped}}
        body = {"jobReference": reference, "configuration": self.request["configuration"], "status": status}
        return 200, json.dumps(body | {"statistics": {}}).encode()

    def results(self, seconds, answer):
        self.done.wait(seconds)
        if self.stopped:
            error = {"reason": "stopped", "message": self.stopped}
            return 499, json.dumps({"error": {"code": 499, "message": self.stopped, "errors": [error]}}).encode()
        if self.done.is_set():
            return answer()
        reference = {"projectId": self.project, "jobId": self.id, "location": "US"}
        return 200, json.dumps({"jobReference": reference, "jobComplete": False}).encode()


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    jobs: ClassVar = {}

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, answer = self.answer(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = handle_any  # noqa: N815

    def answer(self, body):
        parts = urlsplit(self.path)
        if parts.path == "/stand-in/jobs":
            shown = [one.request["configuration"] | {"running": not one.done.is_set()} for one in self.jobs.values()]
            return 200, json.dumps(shown).encode()
        if self.command == "POST" and parts.path.endswith("/jobs"):
            return self.inserted(parts, body)
        found = JOB.fullmatch(parts.path)
        job = self.jobs.get(found[3]) if found else None
        if found and found[4]:
            return self.cancelled(job, found[3])
        if job is None:
            return forward(self.command, self.path, body)
        if found[2] == "jobs":
            return job.resource()
        seconds = int(parse_qs(parts.query).get("timeoutMs", ["10000"])[0]) / 1000
        return job.results(min(seconds, 10), lambda: forward(self.command, self.path, body))

    def cancelled(self, job, job_id):
        if job is None:  # it has not arrived yet; bqemulator would say so when all that runs has ended
            error = {"reason": "notFound", "message": f"Not found: Job {job_id}"}
            return 404, json.dumps({"error": {"code": 404, "errors": [error]} | error}).encode()
        job.stop("User requested cancellation.")
        return 200, json.dumps({"job": json.loads(job.resource()[1])}).encode()

    def inserted(self, parts, body):
        request = json.loads(body)
        configuration = request["configuration"]
        if "query" not in configuration or configuration.get("dryRun"):
            return forward("POST", self.path, body)
        job = Job(parts.path.split("/")[4], request)
        self.jobs[job.id] = job
        job.done.wait(AT_ONCE)
        return job.resource()

    def log_message(self, *_):
        """Tests ask for nothing to be written."""


def forward(method, path, body):
    with EMULATOR:
        return send(method, path, body)


def send(method, path, body):
    link = HTTPConnection("127.0.0.1", emulator.rest_port)
    link.request(method, path, body or None, {"Content-Type": "application/json"})
    answer = link.getresponse()
    content = answer.read()
    link.close()
    return answer.status, content


def run_emulator():
    async def forever():
        await emulator.start()
        ready.set()
        await asyncio.Event().wait()

    asyncio.run(forever())


if __name__ == "__main__":
    # DuckDB's extensions would have to be downloaded; geography and Avro are not looked at.
    DuckDBEngine._load_spatial = DuckDBEngine._load_format_extensions = lambda self: None
    emulator = EmulatorServer(Settings(rest_port=0, grpc_port=0, log_level=LogLevel.ERROR))
    ready = threading.Event()
    threading.Thread(target=run_emulator, daemon=True).start()
    ready.wait(60)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Front).serve_forever()
