"""Edge: what stands behind an apprise URL. apprise is only loaded when the first URL is looked at."""

from typing import TYPE_CHECKING

from bot.chat.hush import listening
from bot.chat.service import Markup, Service

if TYPE_CHECKING:
    from apprise import NotifyBase

# By the name of apprise's module. What is told to apprise as `None` reaches the service as it was written.
_READS: dict[str, tuple[Markup, str | None]] = {
    "slack": (Markup.SLACK, "markdown"),  # as it is, apprise would make mentions of `<!channel>` again
    "discord": (Markup.MARKDOWN, None),
    "mattermost": (Markup.MARKDOWN, None),
    "zulip": (Markup.MARKDOWN, None),
    "google_chat": (Markup.GOOGLE_CHAT, None),
    "workflows": (Markup.CARD, None),
    "custom_json": (Markup.DATA, "text"),
    "custom_xml": (Markup.DATA, "text"),
    "custom_form": (Markup.DATA, "text"),
}
_MAIL = "E-Mail"
_SLACK_SECTION = 3_000  # characters that the text of a block may have, where an URL asks for blocks
_UNTITLED = frozenset({Markup.SLACK, Markup.MARKDOWN, Markup.GOOGLE_CHAT, Markup.CARD})


def examined(url: str) -> Service | tuple[str, str]:
    """The service behind a URL; or what is wrong, with `{}` for where the URL comes from, and what to do."""
    try:
        with listening():
            plugin = plugin_of(url)
    except ModuleNotFoundError as error:
        return f"{error.name} is not installed, which reads the URL in {{}}", "pip install 'routeproof[notify]'"
    if plugin is None:
        return "{} holds no URL that apprise understands", "docs/chat.md has the form for each service."
    service = service_of(plugin)
    recipients = len(plugin)
    if recipients > 1 and service.name != _MAIL:
        return f"{{}} names {recipients} recipients at once", "Make a channel of each, so that each is tried by itself."
    return service


def plugin_of(url: str) -> "NotifyBase | None":
    """What apprise sends with; None where it does not understand the URL. It shows our name and no picture.

    It logs parts of the URL, which `hush.listening` keeps from the log.

    Raises:
        ModuleNotFoundError: apprise is not installed.
    """
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - takes longer than all the rest, and chat is optional

    asset = AppriseAsset(
        app_id="Routeproof",
        app_desc="Routeproof",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        interpret_emojis=False,
    )
    return Apprise.instantiate(url, asset=asset)


def service_of(plugin: "NotifyBase") -> Service:
    """The service that a plugin speaks to, with its limits."""
    module = type(plugin).__module__.split(".")[2]
    formats = [str(each.value) for each in plugin._formats()]  # noqa: SLF001 - there is no public way to know
    usual = (Markup.MARKDOWN, None) if formats == ["markdown"] else (Markup.TEXT, "text")
    markup, form = _READS.get(module, usual)
    title = 0 if markup in _UNTITLED else max(0, plugin.title_maxlen)
    body = min(plugin.body_maxlen, _SLACK_SECTION) if markup is Markup.SLACK else plugin.body_maxlen
    return Service(str(plugin.service_name), markup, form, title, body)
