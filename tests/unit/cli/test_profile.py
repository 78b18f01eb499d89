from __future__ import annotations

from pathlib import Path

import pytest

from cli.errors import CliError, Exit
from cli.profile import DEFAULT_URL, FILE_NAME, Profile, load, resolve

LOCAL = Profile("http://127.0.0.1:8001", "local-key", "main")


def test_options_go_before_the_environment_and_that_before_the_folder(tmp_path: Path) -> None:
    LOCAL.save(tmp_path)
    environment = {"DQ_API_KEY": "env-key", "DQ_URL": "http://env"}
    assert resolve("http://option", "option-key", environment, tmp_path) == Profile("http://option", "option-key")
    assert resolve("", "", environment, tmp_path) == Profile("http://env", "env-key")
    assert resolve("", "", {}, tmp_path) == Profile(LOCAL.url, LOCAL.api_key)


def test_without_any_address_it_is_this_machine(tmp_path: Path) -> None:
    assert resolve("", "key", {}, tmp_path).url == DEFAULT_URL


def test_without_a_key_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="DQ_API_KEY") as caught:
        resolve("http://option", "", {}, tmp_path)
    assert caught.value.code is Exit.SYSTEM


def test_a_saved_profile_is_its_owners_alone(tmp_path: Path) -> None:
    LOCAL.save(tmp_path)
    assert load(tmp_path) == LOCAL
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_later_profile_replaces_the_former_whole(tmp_path: Path) -> None:
    Profile("http://" + "long" * 50, "key", "main").save(tmp_path)
    LOCAL.save(tmp_path)
    assert load(tmp_path) == LOCAL


def test_a_folder_without_a_stack_has_no_profile(tmp_path: Path) -> None:
    assert load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"place": 1}', "null"])
def test_a_damaged_profile_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(CliError, match=FILE_NAME):
        load(tmp_path)
