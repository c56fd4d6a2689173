import pytest

from veille import settings
from veille.core.preferences import Preferences
from veille.errors import BadSetting
from veille.settings import Settings
from veille.store import Store


def test_what_is_set_is_there_the_next_time(store: Store):
    first = Preferences(store)
    assert first.values == Settings()
    assert first.set("refresh-minutes", "15").refresh_minutes == 15
    first.set("theme", "dark")
    again = Preferences(store)
    assert again.values == first.values
    assert (again.values.refresh_minutes, again.values.theme) == (15, "dark")


def test_a_wrong_value_is_refused_and_changes_nothing(store: Store):
    preferences = Preferences(store)
    with pytest.raises(BadSetting):
        preferences.set("theme", "purple")
    with pytest.raises(BadSetting):
        preferences.set("colour", "dark")
    for number in ("9" * 5000, "-1", "٣"):
        with pytest.raises(BadSetting):
            preferences.set("refresh_minutes", number)
    assert Preferences(store).values == Settings()
    assert store.values.all("setting.") == {}


def test_what_another_version_stored_falls_back_to_the_default(store: Store):
    store.values.put("setting.theme", "purple")
    store.values.put("setting.keep_days", "many")
    store.values.put("setting.unheard_of", "1")
    store.values.put("setting.text_size", "120")
    assert Preferences(store).values == Settings(text_size=120)


@pytest.mark.parametrize("typed", ["refresh_minutes", "Refresh-Minutes", " REFRESH-minutes "])
def test_a_setting_is_found_however_it_is_typed(store: Store, typed: str):
    assert settings.find(typed).key == "refresh_minutes"
    Preferences(store).set(typed, "15")
    assert Preferences(store).values.refresh_minutes == 15


def test_what_cannot_be_understood_never_shows_the_person(store: Store):
    store.values.put("setting.proxy", "quic://proxy.example:1")
    store.values.put("setting.strict", "perhaps")
    assert Preferences(store).values == Settings(proxy="quic://proxy.example:1", strict=True)


@pytest.mark.parametrize("typed", ["socks5://127.0.0.1:70000", "http://proxy.example:0", "ftp://proxy.example:21"])
def test_a_proxy_that_cannot_be_is_refused_when_it_is_set(store: Store, typed: str):
    with pytest.raises(BadSetting):
        Preferences(store).set("proxy", typed)
    assert Preferences(store).values.proxy == ""


def test_a_password_is_kept_and_not_shown(store: Store):
    Preferences(store).set("proxy", "socks5://me:secret@127.0.0.1:9050")
    kept = Preferences(store).values.proxy
    assert kept == "socks5://me:secret@127.0.0.1:9050"
    assert settings.shown(kept) == "socks5://•••@127.0.0.1:9050"


def test_a_setting_that_there_is_not_is_said():
    with pytest.raises(BadSetting, match="colour: there is no such setting"):
        settings.find("colour")
