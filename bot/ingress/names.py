"""The forms of names that the API server accepts, and what is wrong with one that it does not.

After k8s.io/apimachinery/pkg/util/validation and pkg/apis/networking/validation of Kubernetes 1.34. Each function
gives the end of a sentence ("holds an underscore"), or "" where the name is fine.
"""

import re

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_DNS_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_IPV6 = re.compile(r"\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?")
_PORT = re.compile(r":[0-9]*$")
_QUALIFIED = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PORT_NAME = re.compile(r"[a-z0-9-]{1,15}")


def host_fault(host: str) -> str:
    """What is wrong with the host of a rule or of a tls entry."""
    quick = _quick_host_fault(host)
    if quick:
        return quick
    if "*" in host:
        rest = host.removeprefix("*.")
        if rest == host or "*" in rest:
            return "has a `*` elsewhere than as its whole first label"
        return subdomain_fault(rest)
    return subdomain_fault(host)


def _quick_host_fault(host: str) -> str:
    """The usual mistakes, by their names."""
    if "://" in host:
        return "holds a scheme; a host is a name alone"
    if "/" in host:
        return "holds a path; a host is a name alone"
    if is_address(host):
        return "is an IP address; a host is a DNS name"
    if _PORT.search(host):
        return "holds a port; an Ingress listens where its controller does"
    if host.endswith("."):
        return "ends with a dot"
    return ""


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    if _IPV4.fullmatch(host):
        return all(int(part) <= 255 for part in host.split("."))
    return bool(_IPV6.fullmatch(host))


def subdomain_fault(name: str) -> str:
    """What keeps a name from being a DNS subdomain, the form of most object names."""
    if len(name) > 253:
        return f"has {len(name)} characters, more than 253"
    wrong = _character_fault(name)
    if wrong:
        return wrong
    for label in name.split("."):
        if not label:
            return "has an empty label"
        if not _LABEL.fullmatch(label):
            return _label_shape(label)
    return ""


def label_fault(name: str) -> str:
    """What keeps a name from being a DNS label, the form of namespaces."""
    if len(name) > 63:
        return f"has {len(name)} characters, more than 63"
    return _character_fault(name) or ("" if _LABEL.fullmatch(name) else _label_shape(name))


def service_fault(name: str) -> str:
    """What keeps a name from being that of a Service: a DNS label that begins with a letter."""
    return label_fault(name) or ("" if _DNS_1035.fullmatch(name) else "does not begin with a letter")


def port_name_fault(name: str) -> str:
    """What keeps a name from being that of a port (IANA service name)."""
    if len(name) > 15:
        return f"has {len(name)} characters, more than 15"
    if not _PORT_NAME.fullmatch(name):
        return "holds something other than lower-case letters, digits and `-`"
    if not re.search("[a-z]", name):
        return "holds no letter"
    if name.startswith("-") or name.endswith("-") or "--" in name:
        return "begins or ends with `-`, or holds `--`"
    return ""


def qualified_fault(key: str) -> str:
    """What keeps a key from being that of an annotation or label: `name`, or `prefix/name`."""
    prefix, slash, name = key.rpartition("/")
    if not name or "/" in prefix or (slash and not prefix):
        return "is not of the form `prefix/name`"
    if slash:
        wrong = subdomain_fault(prefix.lower())
        if wrong:
            return f"has a prefix that {wrong}"
    if len(name) > 63:
        return f"has a name of {len(name)} characters, more than 63"
    return (
        ""
        if _QUALIFIED.fullmatch(name)
        else "has a name that is not made of letters, digits, `-`, `_` and `.` between letters or digits"
    )


def label_value_fault(value: str) -> str:
    """What keeps a text from being the value of a label."""
    if len(value) > 63:
        return f"has a value of {len(value)} characters, more than 63"
    if value and not _QUALIFIED.fullmatch(value):
        return (
            f"has the value `{value}`, which is not made of letters, digits, `-`, `_` and `.` between letters or digits"
        )
    return ""


def _character_fault(name: str) -> str:
    if re.search(r"\s", name):
        return "holds white space"
    if "_" in name:
        return "holds an underscore"
    if re.search("[A-Z]", name):
        return "holds upper-case letters"
    odd = re.search(r"[^a-z0-9.*-]", name)
    return f"holds `{odd[0]}`" if odd else ""


def _label_shape(label: str) -> str:
    odd = next((sign for sign in ".*" if sign in label), "")
    return f"holds `{odd}`" if odd else f"has a label (`{label}`) that begins or ends with `-`"
