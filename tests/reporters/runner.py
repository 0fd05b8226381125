"""How the runner of GitHub Actions reads a line of a step's log, in both of its syntaxes."""


def command_of(line):
    """Name, properties and data of the command that the line is; None for a line that is only shown."""
    text = line.lstrip()
    end = text.find("::", 2)
    if text.startswith("::") and end > 0:
        name, _, properties = text[2:end].partition(" ")
        pairs = (pair.partition("=") for pair in properties.strip().split(",") if pair)
        return (
            name,
            {key: unescaped(value, {"%3A": ":", "%2C": ","}) for key, _, value in pairs},
            unescaped(text[end + 2 :], {}),
        )
    start = text.find("##[")
    end = text.find("]", start)
    return (text[start + 3 : end], {}, text[end + 1 :]) if start >= 0 and end >= 0 else None


def unescaped(text, more):
    for code, char in {"%0D": "\r", "%0A": "\n", **more, "%25": "%"}.items():
        text = text.replace(code, char)
    return text
