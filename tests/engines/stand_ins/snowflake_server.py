"""A Snowflake for tests: fakesnow's SQL over HTTP, and what fakesnow leaves out of Snowflake's protocol.

It runs in an environment of its own: `python snowflake_server.py PORT CONFIG`. The file CONFIG is JSON: `databases`, a
list of names, and `users`, an object of login names, each with `password`, `public_key` (PEM) and `tokens`.

Beside logins it adds: session parameters that end slow statements, SYSTEM$CANCEL_ALL_QUERIES, sessions that an
administrator ends, and answers in place of the HTTP status 500 for SQL that fakesnow does not know. Tests look inside
through `/stand-in/...`.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import fakesnow.server as plain
import jwt
import snowflake_sql
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

TWO_DAYS = 172_800
CANCEL_ALL = re.compile(r"SELECT SYSTEM\$CANCEL_ALL_QUERIES\((\d+)\)")
CANCELLED, TOO_SLOW = ("000604", "SQL execution canceled"), ("000630", "Statement reached its timeout")
REFUSALS = {
    "SNOWFLAKE": ("390100", "Incorrect username or password was specified."),
    "SNOWFLAKE_JWT": ("390144", "JWT token is invalid."),
    "OAUTH": ("390303", "Invalid OAuth access token."),
    "PROGRAMMATIC_ACCESS_TOKEN": ("394400", "Programmatic access token is invalid."),
}


@dataclass
class Session:
    id: int
    user: str
    parameters: dict
    running: str = ""
    ended_by: tuple | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class StandIn:
    def __init__(self, config):
        self.users = config["users"]
        self.sessions = {}
        self.numbers = itertools.count(1001)
        for database in config["databases"]:
            plain.shared_fs.connect(database)
        plain.shared_fs.create_database_on_connect = False

    # Logins

    async def login(self, request):
        data = (await body_of(request))["data"]
        user = self.user_of(data)
        if user is None:
            return refusal(*REFUSALS[data.get("AUTHENTICATOR", "SNOWFLAKE")])
        answer = json.loads((await plain.login_request(request)).body)
        token = answer["data"]["token"]
        session = Session(next(self.numbers), user, data["SESSION_PARAMETERS"])
        if not plain.sessions[token].database_set:
            return refusal("390201", "The requested database does not exist or not authorized.")
        self.sessions[token] = session
        answer["data"] |= {"sessionId": session.id, "masterToken": f"master of {token}", "masterValidityInSeconds": 99}
        return JSONResponse(answer)

    def user_of(self, data):
        """The login name that the credentials prove, None if they prove none."""
        kind, token = data.get("AUTHENTICATOR", "SNOWFLAKE"), data.get("TOKEN")
        if kind in ("OAUTH", "PROGRAMMATIC_ACCESS_TOKEN"):
            return next((name for name, known in self.users.items() if known["tokens"].get(kind) == token), None)
        name = data["LOGIN_NAME"].upper()
        known = self.users.get(name)
        if known and kind == "SNOWFLAKE_JWT":
            return name if signed_by(known["public_key"], token) else None
        return name if known and known["password"] == data.get("PASSWORD") else None

    # Statements

    async def query(self, request):
        token = plain.to_token(request)
        if token not in self.sessions:
            return refusal("390111", "Session no longer exists. New login required to access the service.")
        session, body = self.sessions[token], await body_of(request)
        cancelling = CANCEL_ALL.fullmatch(body["sqlText"])
        if cancelling:
            count = sum(self.cancel(one, CANCELLED) for one, s in self.sessions.items() if s.id == int(cancelling[1]))
            body["sqlText"] = f"SELECT '{count} active queries cancelled.' AS answer"
            request._body = gzip.compress(json.dumps(body).encode())
        session.running = f"{body.get('parameters', {}).get('QUERY_TAG', '')} {body['sqlText']}"
        with self.deadline(token, session.parameters.get("STATEMENT_TIMEOUT_IN_SECONDS", TWO_DAYS)):
            answer = await plain.query_request(request)
        with session.lock:
            ended_by, session.ended_by, session.running = session.ended_by, None, ""
        if answer.status_code != 500:
            return answer
        return refusal(*(ended_by or ("000002", "Unsupported feature.")), sqlstate="57014" if ended_by else "0A000")

    @contextmanager
    def deadline(self, token, seconds):
        timer = threading.Timer(seconds, self.cancel, (token, TOO_SLOW))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def cancel(self, token, why):
        """Whether there was a statement to stop."""
        session = self.sessions[token]
        with session.lock:
            if session.running:
                session.ended_by = why
                plain.sessions[token]._duck_conn.interrupt()
            return bool(session.running)

    # For tests

    async def running(self, request):
        return JSONResponse([session.running for session in self.sessions.values() if session.running])

    async def logins(self, request):
        return JSONResponse([{"user": one.user, "parameters": one.parameters} for one in self.sessions.values()])

    async def end_sessions(self, request):
        user = request.path_params["user"]
        for token in [token for token, session in self.sessions.items() if session.user == user]:
            self.cancel(token, CANCELLED)
            del self.sessions[token]
        return JSONResponse({})

    def app(self):
        ours = [
            Route("/session/v1/login-request", self.login, methods=["POST"]),
            Route("/queries/v1/query-request", self.query, methods=["POST"]),
            Route("/stand-in/running", self.running),
            Route("/stand-in/logins", self.logins),
            Route("/stand-in/sessions/{user}", self.end_sessions, methods=["DELETE"]),
        ]
        return Starlette(routes=[*ours, *plain.routes])


async def body_of(request):
    body = await request.body()
    return json.loads(gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body)


def refusal(code, message, sqlstate="08001"):
    data = {"errorCode": code, "sqlState": sqlstate}
    return JSONResponse({"success": False, "code": code, "message": message, "data": data})


def signed_by(public_key, token):
    try:
        return bool(jwt.decode(token, public_key, algorithms=["RS256", "ES256"], options={"verify_iat": False}))
    except jwt.InvalidTokenError:
        return False


if __name__ == "__main__":
    port, config = sys.argv[1:]
    snowflake_sql.correct()
    stand_in = StandIn(json.loads(Path(config).read_text(encoding="utf-8")))
    uvicorn.run(stand_in.app(), host="127.0.0.1", port=int(port), log_level="warning")
