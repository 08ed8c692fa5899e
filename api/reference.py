"""The page `/docs`: every operation of the OpenAPI document, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
METHODS = ("get", "post", "put", "delete")
TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined).from_string("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ title }} {{ version }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #f4f4f4; padding: .5rem; overflow-x: auto }
dt { margin-top: 1rem } dd { margin-left: 1.5rem } td { padding-right: 1rem; vertical-align: top }
</style>
<h1>{{ title }} {{ version }}</h1>
<p>{{ description }} The whole contract, for machines: <a href="/openapi.json">openapi.json</a>.</p>
{%- for tag, operations in tags %}
<h2>{{ tag }}</h2>
<dl>
{%- for one in operations %}
<dt id="{{ one.id }}"><code>{{ one.method }} {{ one.path }}</code></dt>
<dd><strong>{{ one.summary }}</strong>
<p>{{ one.description }}</p>
{%- if one.parameters %}
<table>
{%- for parameter in one.parameters %}
<tr><td><code>{{ parameter.name }}</code><td>{{ parameter.in }}
{%- if parameter.required %}, required{% endif %}<td>{{ parameter.description or "" }}
{%- endfor %}
</table>
{%- endif %}
{%- if one.takes %}
<p>Takes {{ one.takes | join(", ") }}.</p>
{%- endif %}
<table>
{%- for status, answer in one.answers %}
<tr><td>{{ status }}<td>{{ answer.description }}<td>{{ (answer.content or {}) | join(", ") }}
{%- endfor %}
</table>
</dd>
{%- endfor %}
</dl>
{%- endfor %}
</html>
""")


def write_reference(document: Json) -> str:
    """Write the operations of an OpenAPI document as a page."""
    tags: dict[str, list[Json]] = {}
    for one in _list_operations(document):
        tags.setdefault(one["tag"], []).append(one)
    return TEMPLATE.render(tags=tags.items(), **document["info"])


def _list_operations(document: Json) -> Iterator[Json]:
    for path, methods in document["paths"].items():
        for method in (name for name in METHODS if name in methods):
            said = methods[method]
            yield {
                "id": said["operationId"], "tag": (said.get("tags") or ["other"])[0],
                "method": method.upper(), "path": path, "summary": said.get("summary", ""),
                "description": said.get("description", ""),
                "parameters": [{"description": "", "required": False, **parameter}
                               for parameter in said.get("parameters", ())],
                "takes": list(said.get("requestBody", {}).get("content", ())),
                "answers": [(status, {"content": {}, **answer})
                            for status, answer in said["responses"].items()],
            }  # fmt: skip
