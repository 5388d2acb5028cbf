"""What the plugin does, in both clients."""

from wikijs_plugin_tenant import TenantPlugin

from wikijs.plugins.testing import check


def test_it_disturbs_no_call_in_either_client() -> None:
    assert check(TenantPlugin)
