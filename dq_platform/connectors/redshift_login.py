"""How a Redshift session proves who it is: by a password, or by what AWS gives for an identity of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.references import is_reference
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import SettingValue

PACKAGE = "dq-platform[redshift]"

PASSWORD, ACCESS_KEY, PROFILE, ENVIRONMENT = "password", "access_key", "profile", "environment"

_OF_THE_WORKER = (PROFILE, ENVIRONMENT)
"""Ways to log in with what is the worker's own, and not the connection's."""

_AWS_HOST = re.compile(
    r"(?:[a-z0-9-]+\.)+(?:redshift|redshift-serverless)\.amazonaws\.com(?:\.cn)?", re.IGNORECASE | re.ASCII
)
_AWS_HOSTS = (
    "must be an endpoint of AWS beside credentials of the worker (authentication profile or environment), such as "
    "name.region.redshift.amazonaws.com or name.region.redshift-serverless.amazonaws.com"
)

_BY_PASSWORD = Beside("authentication", (PASSWORD,))
_BY_KEY = Beside("authentication", (ACCESS_KEY,))
_BY_PROFILE = Beside("authentication", (PROFILE,))
_BY_AWS = Beside("authentication", (ACCESS_KEY, PROFILE, ENVIRONMENT))

SETTINGS = (
    Setting(
        "host",
        "Host name of the cluster's or workgroup's endpoint; with authentication profile or environment one that ends "
        "with redshift.amazonaws.com or redshift-serverless.amazonaws.com (in China with .cn behind it).",
        required=True,
        route=True,
    ),
    Setting("port", "Port.", SettingKind.INTEGER, default=5439, minimum=1, maximum=65535, route=True),
    Setting(
        "authentication",
        "How to log in: with a password, or with temporary credentials that AWS gives for an access key, for a profile "
        "in the worker's AWS configuration, or for the role of the machine, container or pod (environment).",
        default=PASSWORD,
        choices=(PASSWORD, ACCESS_KEY, PROFILE, ENVIRONMENT),
        route=True,
    ),
    Setting("password", "Password.", secret=True, required=True, beside=_BY_PASSWORD),
    Setting("access_key_id", "Id of the AWS access key.", required=True, beside=_BY_KEY),
    Setting("secret_access_key", "Secret of the AWS access key.", secret=True, required=True, beside=_BY_KEY),
    Setting("session_token", "Session token, if the access key is a temporary one.", secret=True, beside=_BY_KEY),
    Setting("profile", "Name of the profile.", required=True, beside=_BY_PROFILE),
    Setting("role_arn", "Role to assume first, in this account or another.", beside=_BY_AWS),
    Setting("external_id", "External id that the role's trust policy asks for.", beside=_BY_AWS),
    Setting("region", "AWS region of the cluster or workgroup.", required=True, route=True, beside=_BY_AWS),
    Setting("cluster_identifier", "Provisioned cluster to log in to.", route=True, beside=_BY_AWS),
    Setting("workgroup", "Serverless workgroup to log in to.", route=True, beside=_BY_AWS),
    Setting(
        "user",
        "User; one with read access only is best. For a provisioned cluster with AWS credentials: the database user "
        "that they are for, by default one named after the AWS identity.",
    ),
)


def uses_aws(settings: Mapping[str, SettingValue]) -> bool:
    return settings["authentication"] != PASSWORD


def check_login(settings: Mapping[str, SettingValue]) -> list[Violation]:
    """What is wrong with the settings taken together."""
    if is_reference(settings["authentication"]):
        return [_violation("authentication", "must be written out: the other settings depend on it")]
    if not uses_aws(settings):
        missing = Violation("connection.settings.user", "user is required.", "MISSING_SETTING")
        return [] if "user" in settings else [missing]
    found = []
    if not is_reference(settings["host"]) and _leaves_aws(settings):
        found.append(_violation("host", _AWS_HOSTS))
    if ("cluster_identifier" in settings) == ("workgroup" in settings):
        found.append(_violation("cluster_identifier", "or workgroup must be given, and not both"))
    if "workgroup" in settings and "user" in settings:
        found.append(_violation("user", "does not count for a workgroup, whose user is named after the AWS identity"))
    if settings["ssl_mode"] == "disable":
        found.append(_violation("ssl_mode", "must not be disable beside AWS credentials"))
    if "external_id" in settings and "role_arn" not in settings:
        found.append(_violation("external_id", "counts only beside role_arn"))
    return found


def require_safe_host(settings: Mapping[str, SettingValue]) -> None:
    """Raises SourceError (CREDENTIALS) where the worker's own credentials would go to a host that is not AWS's.

    Whoever edits a connection chooses its host, and a reference may be one, which nothing could check before.
    """
    if _leaves_aws(settings):
        raise SourceError(SourceProblem.CREDENTIALS, f"The setting host {_AWS_HOSTS}.")


def _leaves_aws(settings: Mapping[str, SettingValue]) -> bool:
    return settings["authentication"] in _OF_THE_WORKER and not _AWS_HOST.fullmatch(str(settings["host"]))


def _violation(name: str, problem: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}.")


def login(settings: Mapping[str, SettingValue], role_keys: Mapping[str, str]) -> dict[str, object]:
    """The driver's parameters for logging in; `role_keys` are those of the assumed role, empty without one."""
    given = {"host": settings["host"], "port": settings["port"]}
    if not uses_aws(settings):
        return {**given, "user": settings["user"], "password": settings["password"]}
    return {
        **given,
        **(role_keys or _own_keys(settings)),
        **_target(settings),
        "region": settings["region"],
        "iam": True,
        # The driver keeps credentials by a key without the region, for all connections of the process.
        "iam_disable_cache": True,
    }


def _own_keys(settings: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    names = ("access_key_id", "secret_access_key", "session_token", "profile")
    return {name: settings[name] for name in names if name in settings}


def _target(settings: Mapping[str, SettingValue]) -> dict[str, object]:
    if "workgroup" in settings:
        return {"is_serverless": True, "serverless_work_group": settings["workgroup"]}
    target = {"cluster_identifier": settings["cluster_identifier"]}
    if "user" in settings:
        return {**target, "db_user": settings["user"]}
    return {**target, "group_federation": True}  # the user is then the AWS identity's own


def assumed_role(settings: Mapping[str, SettingValue]) -> dict[str, str]:
    """The driver's parameters with the keys of `role_arn`, which AWS is asked for; empty if there is none.

    Raises botocore's errors.
    """
    if "role_arn" not in settings:
        return {}
    session = load_driver("boto3", "Redshift", PACKAGE).Session(
        aws_access_key_id=settings.get("access_key_id"),
        aws_secret_access_key=settings.get("secret_access_key"),
        aws_session_token=settings.get("session_token"),
        profile_name=settings.get("profile"),
        region_name=settings["region"],
    )
    external = {"ExternalId": settings["external_id"]} if "external_id" in settings else {}
    answer = session.client("sts").assume_role(
        RoleArn=settings["role_arn"], RoleSessionName="dq-platform", DurationSeconds=900, **external
    )
    keys = answer["Credentials"]
    return {
        "access_key_id": keys["AccessKeyId"],
        "secret_access_key": keys["SecretAccessKey"],
        "session_token": keys["SessionToken"],
    }


_NOT_FOUND = ("ClusterNotFound", "ClusterNotFoundFault", "ResourceNotFoundException")
_BUSY = ("Throttling", "ThrottlingException", "RequestLimitExceeded")


def refusal_of_aws(error: Exception, engine: str) -> SourceError:
    """What botocore's error means: AWS cannot be reached, does not know the cluster, or gives no credentials."""
    response = getattr(error, "response", None)
    if response is None:
        unreachable = "Connection" in type(error).__name__ or "Timeout" in type(error).__name__
        if unreachable:
            return SourceError(SourceProblem.UNREACHABLE, "AWS, which gives the credentials, cannot be reached.")
        message = "There are no AWS credentials: a key, profile, role or name of the connection is of no use."
        return SourceError(SourceProblem.CREDENTIALS, message)
    code = str(response.get("Error", {}).get("Code", ""))
    if code in _NOT_FOUND:
        message = f"AWS does not know the {engine} cluster or workgroup in this region."
        return SourceError(SourceProblem.NOT_FOUND, message, code=code)
    if code in _BUSY:
        return source_error(SourceProblem.RESOURCE, "AWS", code=code)
    message = f"AWS gives no credentials for {engine} to the identity of the connection."
    return SourceError(SourceProblem.CREDENTIALS, message, code=code)
